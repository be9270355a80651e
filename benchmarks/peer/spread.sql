-- One order of three households, its goods held: ten statements, the lots last and in the order of their ids.
\set a random(1, 33000)
\set b random(33001, 66000)
\set c random(66001, 100000)
BEGIN;
INSERT INTO peer.orders (key, phone, name, street, total_vnd) VALUES (gen_random_uuid()::text, '+84960000001', 'Nguyễn Thị Bé', 'Số 1, ngõ 2', 450000) RETURNING id AS order_id \gset
INSERT INTO peer.suborder (order_id, position, storefront, state, total_vnd) VALUES (:order_id, 1, :a, 'confirmed', 150000), (:order_id, 2, :b, 'confirmed', 150000), (:order_id, 3, :c, 'confirmed', 150000);
INSERT INTO peer.line (order_id, position, title, price_vnd, count) VALUES (:order_id, 1, 'Na dai loại 1', 120000, 1), (:order_id, 2, 'Hồng vành khuyên', 120000, 1), (:order_id, 3, 'Hoa hồi khô', 120000, 1);
INSERT INTO peer.allocation (order_id, lot_id, qty) VALUES (:order_id, :a, 1000), (:order_id, :b, 1000), (:order_id, :c, 1000);
INSERT INTO peer.payment (order_id, amount_vnd, state) VALUES (:order_id, 150000, 'open'), (:order_id, 150000, 'open'), (:order_id, 150000, 'open');
INSERT INTO peer.job (task, about) VALUES ('letter', :order_id), ('search', :a), ('search', :b), ('search', :c);
INSERT INTO peer.reservation (lot_id, holder, qty) VALUES (:a, :order_id || '-1', 1000), (:b, :order_id || '-2', 1000), (:c, :order_id || '-3', 1000);
UPDATE peer.lot SET reserved = reserved + 1000 WHERE id = :a AND harvested >= reserved + sold + 1000;
UPDATE peer.lot SET reserved = reserved + 1000 WHERE id = :b AND harvested >= reserved + sold + 1000;
UPDATE peer.lot SET reserved = reserved + 1000 WHERE id = :c AND harvested >= reserved + sold + 1000;
COMMIT;
