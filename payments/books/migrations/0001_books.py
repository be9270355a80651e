import common.dates
import django.db.models.deletion
import payments.books.models
from django.db import migrations, models

from payments.books.guards import SET_UP, TAKE_DOWN

#: those that there is one of; here, so that two acts never open them at the same time
ONLY_ONES = """
INSERT INTO books_account (kind, owner) VALUES ('bank', ''), ('commission', ''), ('loss_fund', ''),
    ('promotions', ''), ('tax', 'income'), ('tax', 'vat') ON CONFLICT (kind, owner) DO NOTHING
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('bank', 'ngân hàng'), ('gateway', 'cổng thanh toán đang giữ'), ('carrier', 'tiền mặt đang thu hộ'), ('escrow', 'tiền người mua gửi'), ('payable', 'phải trả hộ'), ('delivery', 'phải trả phí giao'), ('commission', 'phí của chợ'), ('tax', 'thuế phải nộp'), ('promotions', 'chi khuyến mại'), ('loss_fund', 'quỹ tổn thất'), ('fees', 'phí cổng thanh toán'), ('unidentified', 'tiền chưa rõ của ai'), ('refunds_due', 'phải hoàn người mua'), ('rounding', 'làm tròn')], max_length=16, verbose_name='loại')),
                ('owner', models.CharField(blank=True, default='', max_length=60, verbose_name='của ai')),
            ],
            options={
                'verbose_name': 'tài khoản sổ cái',
                'verbose_name_plural': 'tài khoản sổ cái',
                'ordering': ['kind', 'id'],
                'constraints': [models.UniqueConstraint(fields=('kind', 'owner'), name='account_once_per_kind_and_owner')],
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(max_length=120, unique=True, verbose_name='mã việc')),
                ('kind', models.CharField(choices=[('settled', 'nhận tiền'), ('credit_arrived', 'tiền vào ngân hàng'), ('credit_assigned', 'tìm ra chủ của tiền vào'), ('credit_given_back', 'trả lại tiền vào'), ('gateway_remits', 'cổng chuyển tiền về'), ('cash_collected', 'thu tiền mặt'), ('cash_remitted', 'nộp tiền mặt về'), ('cash_kept', 'hộ giữ tiền mặt'), ('completed', 'hoàn tất đơn của hộ'), ('refund_approved', 'duyệt hoàn tiền'), ('refund_done', 'đã hoàn tiền'), ('charged_back', 'ngân hàng đòi lại'), ('payout_sent', 'chi trả hộ'), ('payout_bounced', 'chi trả bị trả về'), ('carrier_paid', 'trả đơn vị vận chuyển'), ('tax_paid', 'nộp thuế')], max_length=20, verbose_name='việc')),
                ('about', models.CharField(max_length=80, verbose_name='về')),
                ('at', models.DateTimeField(default=common.dates.now, verbose_name='lúc')),
                ('made_in', payments.books.models.TransactionId(db_default=payments.books.models.ThisTransaction(), editable=False)),
            ],
            options={
                'verbose_name': 'bút toán',
                'verbose_name_plural': 'bút toán',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['about'], name='entry_by_subject')],
            },
        ),
        migrations.CreateModel(
            name='Posting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount_vnd', models.BigIntegerField(verbose_name='số tiền')),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='books.account', verbose_name='tài khoản')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='books.entry', verbose_name='bút toán')),
            ],
            options={
                'verbose_name': 'dòng bút toán',
                'verbose_name_plural': 'dòng bút toán',
                'indexes': [models.Index(fields=['account', 'entry'], include=('amount_vnd',), name='posting_by_account')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_vnd', 0), _negated=True), name='posting_moves_money'), models.UniqueConstraint(fields=('entry', 'account'), name='posting_once_per_account')],
            },
        ),
        migrations.RunSQL(ONLY_ONES, migrations.RunSQL.noop),
        migrations.RunSQL(SET_UP, TAKE_DOWN),
    ]
