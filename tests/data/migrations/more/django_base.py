from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel("Tag", fields=[("id", models.BigAutoField(primary_key=True))]),
        migrations.CreateModel("Customer", fields=[
            ("id", models.BigAutoField(primary_key=True)),
            ("name", models.CharField(max_length=100)),
            ("code", models.IntegerField()),
        ]),
        migrations.CreateModel("Order", fields=[
            ("id", models.AutoField(primary_key=True)),
            ("status", models.CharField(max_length=20)),
            ("note", models.TextField(null=True)),
            ("title", models.CharField(max_length=30, db_index=True)),
            ("qty", models.IntegerField()),
            ("nqty", models.IntegerField(null=True)),
            ("slug", models.SlugField(null=True)),
            ("legacy", models.CharField(max_length=10, null=True, db_column="old_legacy")),
            ("customer", models.ForeignKey("shop.customer", on_delete=models.CASCADE)),
            ("loose", models.ForeignKey("shop.customer", on_delete=models.DO_NOTHING, null=True, db_constraint=False)),
            ("tags", models.ManyToManyField("shop.tag")),
        ], options={"constraints": [
            models.UniqueConstraint(fields=["qty"], condition=models.Q(qty__gt=5), name="order_partial"),
            models.CheckConstraint(condition=models.Q(qty__gte=0), name="order_qty"),
        ]}),
        migrations.CreateModel("Line", fields=[
            ("id", models.BigAutoField(primary_key=True)),
            ("order", models.ForeignKey("shop.order", on_delete=models.CASCADE)),
        ]),
        migrations.CreateModel("Legacy", fields=[("id", models.BigAutoField(primary_key=True))], options={"db_table": "old"}),
        migrations.CreateModel("Ext", fields=[("id", models.BigAutoField(primary_key=True))], options={"managed": False}),
        migrations.CreateModel("Proxy", fields=[], options={"proxy": True}, bases=("shop.order",)),
        migrations.AlterUniqueTogether("customer", {("name", "code")}),
    ]
