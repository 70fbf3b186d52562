from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("alerts", "0006_times_of_old_alerts")]

    operations = [
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'confirmed'), _negated=True), models.Q(('confirmed_first_by__isnull', False), ('confirmed_second_by__isnull', False), models.Q(('confirmed_second_by', models.F('confirmed_first_by')), _negated=True)), _connector='OR'), name='alert_confirmed_by_two_people'),
        ),
    ]
