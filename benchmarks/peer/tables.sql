-- An order's tables with their keys, constraints and the indexes that its pages need; 100,000 lots.
DROP SCHEMA IF EXISTS peer CASCADE;
CREATE SCHEMA peer;
CREATE TABLE peer.lot (
  id bigint PRIMARY KEY, harvested int NOT NULL, reserved int NOT NULL DEFAULT 0, sold int NOT NULL DEFAULT 0,
  CONSTRAINT lot_never_negative CHECK (harvested >= reserved + sold)
) WITH (fillfactor = 70);
INSERT INTO peer.lot (id, harvested) SELECT n, 1000000000 FROM generate_series(1, 100000) AS n;
CREATE TABLE peer.orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text NOT NULL UNIQUE, phone text NOT NULL,
  name text NOT NULL, street text NOT NULL, total_vnd int NOT NULL, placed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON peer.orders (phone);
CREATE TABLE peer.suborder (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id bigint NOT NULL REFERENCES peer.orders,
  position int NOT NULL, storefront int NOT NULL, state text NOT NULL, total_vnd int NOT NULL,
  UNIQUE (order_id, position)
);
CREATE INDEX ON peer.suborder (storefront, state);
CREATE TABLE peer.line (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id bigint NOT NULL REFERENCES peer.orders,
  position int NOT NULL, title text NOT NULL, price_vnd int NOT NULL, count int NOT NULL
);
CREATE INDEX ON peer.line (order_id);
CREATE TABLE peer.allocation (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id bigint NOT NULL REFERENCES peer.orders,
  lot_id bigint NOT NULL REFERENCES peer.lot, qty int NOT NULL
);
CREATE INDEX ON peer.allocation (order_id);
CREATE INDEX ON peer.allocation (lot_id);
CREATE TABLE peer.payment (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id bigint NOT NULL REFERENCES peer.orders,
  reference uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE, amount_vnd int NOT NULL, state text NOT NULL
);
CREATE INDEX ON peer.payment (order_id);
CREATE TABLE peer.reservation (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, lot_id bigint NOT NULL REFERENCES peer.lot,
  holder text NOT NULL, qty int NOT NULL, UNIQUE (lot_id, holder)
);
CREATE TABLE peer.job (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, task text NOT NULL, about bigint NOT NULL,
  state text NOT NULL DEFAULT 'todo'
);
CREATE INDEX ON peer.job (id) WHERE state = 'todo';
