from django.db import migrations

from guiju.record.append_only import install, remove


class Migration(migrations.Migration):
    dependencies = [("record", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
