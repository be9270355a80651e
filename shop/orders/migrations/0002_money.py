from decimal import Decimal

import common.dates
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.math
from django.db import migrations, models


#: lines sold before had no amount beside their rate
FEES = "UPDATE orders_orderline SET fee_vnd = line_vnd * fee_rate_bp / 10000 WHERE fee_rate_bp > 0"
#: the bottom of the list: this is a public service
COMMISSION = """
INSERT INTO orders_commissionrule (position, seller_kind, from_day, rate_bp, note)
VALUES (1000, '', '2025-01-01', 0, 'Mọi thứ còn lại: chợ không thu phí.')
"""
#: rows wait for the tax office's word before production; what no row knows is taxed at the highest
WITHHOLDING = """
INSERT INTO orders_withholdingrule
    (position, tax_class, own_grown, seller_kind, from_day, vat_rate, income_tax_rate, is_confirmed, source)
VALUES
(10, 'unprocessed', true, 'household', '2025-07-01', 0, 0, false,
 'Luật Thuế GTGT 48/2024/QH15 Điều 5 khoản 1: nông sản tự trồng, chưa chế biến hoặc chỉ sơ chế thông thường, do người sản xuất bán ra, không chịu thuế GTGT; thu nhập của hộ trực tiếp sản xuất nông nghiệp được miễn thuế TNCN.'),
(11, 'unprocessed', true, 'group', '2025-07-01', 0, 0, false,
 'Luật Thuế GTGT 48/2024/QH15 Điều 5 khoản 1; thành viên tổ hợp tác là hộ trực tiếp sản xuất.'),
(20, '', NULL, 'cooperative', '2025-07-01', 0, 0, false,
 'Nghị định 117/2025/NĐ-CP: sàn chỉ khấu trừ của hộ và cá nhân kinh doanh; hợp tác xã tự khai, tự nộp.'),
(30, 'unprocessed', NULL, '', '2025-07-01', 0.01, 0.005, false,
 'Nghị định 117/2025/NĐ-CP: hàng hóa, GTGT 1 %, TNCN 0,5 %. Nông sản mua lại để bán không được miễn.'),
(31, 'processed', NULL, '', '2025-07-01', 0.01, 0.005, false,
 'Nghị định 117/2025/NĐ-CP: hàng hóa, GTGT 1 %, TNCN 0,5 %.'),
(32, 'alcohol', NULL, '', '2025-07-01', 0.01, 0.005, false,
 'Nghị định 117/2025/NĐ-CP: hàng hóa, GTGT 1 %, TNCN 0,5 %.'),
(33, 'check', NULL, '', '2025-07-01', 0.01, 0.005, false,
 'Nghị định 117/2025/NĐ-CP: chưa có ý kiến cơ quan thuế thì tính như hàng đã chế biến.'),
(1000, '', NULL, '', '2025-07-01', 0.05, 0.02, false,
 'Nghị định 117/2025/NĐ-CP: không xác định được loại thì theo mức cao nhất.')
"""


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0003_initial'),
        ('intake', '0001_payments'),
        ('orders', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='CommissionRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(unique=True, verbose_name='thứ tự xét')),
                ('seller_kind', models.CharField(blank=True, choices=[('household', 'hộ sản xuất'), ('group', 'tổ hợp tác'), ('cooperative', 'hợp tác xã'), ('business', 'hộ kinh doanh')], default='', help_text='Bỏ trống: mọi loại.', max_length=12, verbose_name='loại người bán')),
                ('from_day', models.DateField(default=common.dates.today, verbose_name='từ ngày')),
                ('until_day', models.DateField(blank=True, help_text='Bỏ trống: chưa có ngày thôi.', null=True, verbose_name='đến hết ngày')),
                ('rate_bp', models.PositiveSmallIntegerField(help_text='250 là 2,5 %.', validators=[django.core.validators.MaxValueValidator(3000)], verbose_name='phí, phần vạn')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='ghi chú')),
            ],
            options={
                'verbose_name': 'mức phí của chợ',
                'verbose_name_plural': 'mức phí của chợ',
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='PartRefund',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('goods_vnd', models.PositiveBigIntegerField()),
                ('delivery_vnd', models.PositiveBigIntegerField()),
                ('fault', models.CharField(choices=[('not_asked', 'không xét'), ('household', 'lỗi của hộ'), ('carrier', 'lỗi của bên giao'), ('nobody', 'không do ai')], default='not_asked', max_length=10)),
            ],
        ),
        migrations.CreateModel(
            name='WithholdingRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(unique=True, verbose_name='thứ tự xét')),
                ('seller_kind', models.CharField(blank=True, choices=[('household', 'hộ sản xuất'), ('group', 'tổ hợp tác'), ('cooperative', 'hợp tác xã'), ('business', 'hộ kinh doanh')], default='', help_text='Bỏ trống: mọi loại.', max_length=12, verbose_name='loại người bán')),
                ('from_day', models.DateField(default=common.dates.today, verbose_name='từ ngày')),
                ('until_day', models.DateField(blank=True, help_text='Bỏ trống: chưa có ngày thôi.', null=True, verbose_name='đến hết ngày')),
                ('tax_class', models.CharField(blank=True, choices=[('unprocessed', 'chưa chế biến'), ('processed', 'đã chế biến'), ('alcohol', 'rượu'), ('check', 'chờ cơ quan thuế')], default='', help_text='Bỏ trống: mọi loại.', max_length=11, verbose_name='loại thuế của hàng')),
                ('own_grown', models.BooleanField(blank=True, null=True, verbose_name='hàng tự sản xuất')),
                ('vat_rate', models.DecimalField(decimal_places=5, help_text='0,01 là 1 %.', max_digits=6, verbose_name='thuế GTGT')),
                ('income_tax_rate', models.DecimalField(decimal_places=5, help_text='0,005 là 0,5 %.', max_digits=6, verbose_name='thuế TNCN')),
                ('source', models.CharField(max_length=300, verbose_name='căn cứ pháp luật')),
                ('is_confirmed', models.BooleanField(default=False, verbose_name='cơ quan thuế đã xác nhận')),
            ],
            options={
                'verbose_name': 'mức khấu trừ thuế',
                'verbose_name_plural': 'mức khấu trừ thuế',
                'ordering': ['position'],
            },
        ),
        migrations.AddField(
            model_name='orderline',
            name='fee_vnd',
            field=models.PositiveBigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='orderline',
            name='income_tax_rate',
            field=models.DecimalField(db_default=0, decimal_places=5, default=0, max_digits=6),
        ),
        migrations.AddField(
            model_name='orderline',
            name='income_tax_vnd',
            field=models.PositiveBigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='orderline',
            name='vat_rate',
            field=models.DecimalField(db_default=0, decimal_places=5, default=0, max_digits=6),
        ),
        migrations.AddField(
            model_name='orderline',
            name='vat_vnd',
            field=models.PositiveBigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='suborder',
            name='carrier',
            field=models.CharField(db_default='own', default='own', max_length=20),
        ),
        migrations.RunSQL(FEES, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='orderline',
            constraint=models.CheckConstraint(condition=models.Q(('fee_vnd', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('line_vnd'), '*', models.F('fee_rate_bp')), '/', models.Value(10000)))), name='line_fee_is_its_rate'),
        ),
        migrations.AddConstraint(
            model_name='orderline',
            constraint=models.CheckConstraint(condition=models.Q(('vat_vnd', django.db.models.functions.math.Floor(django.db.models.expressions.CombinedExpression(models.F('line_vnd'), '*', models.F('vat_rate')), output_field=models.BigIntegerField())), ('income_tax_vnd', django.db.models.functions.math.Floor(django.db.models.expressions.CombinedExpression(models.F('line_vnd'), '*', models.F('income_tax_rate')), output_field=models.BigIntegerField()))), name='line_taxes_are_their_rates'),
        ),
        migrations.AddConstraint(
            model_name='orderline',
            constraint=models.CheckConstraint(condition=models.Q(('line_vnd__gte', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('fee_vnd'), '+', models.F('vat_vnd')), '+', models.F('income_tax_vnd')))), name='line_takes_no_more_than_it_earns'),
        ),
        migrations.AddField(
            model_name='commissionrule',
            name='category',
            field=models.ForeignKey(blank=True, help_text='Bỏ trống: mọi nhóm.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.category', verbose_name='nhóm hàng'),
        ),
        migrations.AddField(
            model_name='commissionrule',
            name='product',
            field=models.ForeignKey(blank=True, help_text='Bỏ trống: mọi sản phẩm.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.product', verbose_name='sản phẩm'),
        ),
        migrations.AddField(
            model_name='partrefund',
            name='refund',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='part', to='intake.refund'),
        ),
        migrations.AddField(
            model_name='partrefund',
            name='suborder',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='orders.suborder'),
        ),
        migrations.AddConstraint(
            model_name='withholdingrule',
            constraint=models.CheckConstraint(condition=models.Q(('income_tax_rate__gte', 0), ('income_tax_rate__lte', Decimal('0.2')), ('vat_rate__gte', 0), ('vat_rate__lte', Decimal('0.2'))), name='withholding_between_0_and_20_percent'),
        ),
        migrations.AddConstraint(
            model_name='withholdingrule',
            constraint=models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='withholding_names_its_law'),
        ),
        migrations.AddConstraint(
            model_name='withholdingrule',
            constraint=models.CheckConstraint(condition=models.Q(('until_day', None), ('until_day__gte', models.F('from_day')), _connector='OR'), name='withholding_days_in_order'),
        ),
        migrations.AddConstraint(
            model_name='commissionrule',
            constraint=models.CheckConstraint(condition=models.Q(('rate_bp__lte', 3000)), name='commission_at_most_30_percent'),
        ),
        migrations.AddConstraint(
            model_name='commissionrule',
            constraint=models.CheckConstraint(condition=models.Q(('until_day', None), ('until_day__gte', models.F('from_day')), _connector='OR'), name='commission_days_in_order'),
        ),
        migrations.AddConstraint(
            model_name='partrefund',
            constraint=models.CheckConstraint(condition=models.Q(('goods_vnd__gt', 0), ('delivery_vnd__gt', 0), _connector='OR'), name='part_refund_gives_money'),
        ),
        migrations.RunSQL(COMMISSION, migrations.RunSQL.noop),
        migrations.RunSQL(WITHHOLDING, migrations.RunSQL.noop),
    ]
