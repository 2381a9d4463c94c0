"""The tables of the record."""

import django.db.models.deletion
import duecare.casebook.models.kept
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Person",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "oid",
                    models.CharField(
                        default=duecare.casebook.models.kept.new_oid,
                        editable=False,
                        max_length=26,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("language", models.CharField(default="en", max_length=2)),
                ("hours_per_week", models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True)),
                ("is_active", models.BooleanField(default=True)),
                ("is_local", models.BooleanField(default=False)),
                ("joined", models.DateTimeField()),
                ("sessions_since", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("name", "email"),
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(db_index=True)),
                ("person", models.CharField(blank=True, db_index=True, max_length=26)),
                ("via", models.CharField(max_length=4)),
                ("act", models.CharField(max_length=60)),
                ("kind", models.CharField(blank=True, max_length=30)),
                ("object", models.CharField(blank=True, db_index=True, max_length=64)),
                ("structure", models.CharField(blank=True, max_length=26)),
                ("detail", models.JSONField(default=dict)),
                ("before", models.CharField(max_length=64)),
                ("digest", models.CharField(max_length=64, unique=True)),
            ],
            options={
                "ordering": ("number",),
            },
        ),
        migrations.CreateModel(
            name="Contract",
            fields=[
                (
                    "oid",
                    models.CharField(
                        default=duecare.casebook.models.kept.new_oid,
                        editable=False,
                        max_length=26,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("key", models.CharField(max_length=300, unique=True)),
                ("contract_id", models.CharField(blank=True, max_length=300)),
                ("line_id", models.CharField(db_index=True, max_length=64)),
                ("title", models.TextField(blank=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "focal_point",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "manager",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("title", "key"),
            },
        ),
        migrations.CreateModel(
            name="Action",
            fields=[
                (
                    "oid",
                    models.CharField(
                        default=duecare.casebook.models.kept.new_oid,
                        editable=False,
                        max_length=26,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("title", models.CharField(max_length=300)),
                (
                    "objective",
                    models.CharField(
                        choices=[
                            ("OBJ1", "OBJ1"),
                            ("OBJ2", "OBJ2"),
                            ("OBJ3", "OBJ3"),
                            ("OBJ4", "OBJ4"),
                            ("OBJ5", "OBJ5"),
                            ("OBJ6", "OBJ6"),
                            ("OBJ7", "OBJ7"),
                            ("OBJ8", "OBJ8"),
                        ],
                        max_length=4,
                    ),
                ),
                ("measure_code", models.CharField(blank=True, max_length=40)),
                ("category", models.CharField(blank=True, max_length=5)),
                ("owner_role", models.CharField(max_length=3)),
                ("start", models.DateField()),
                ("due", models.DateField()),
                ("budget_amount", models.DecimalField(blank=True, decimal_places=2, max_digits=18, null=True)),
                ("budget_currency", models.CharField(blank=True, max_length=3)),
                ("hours", models.DecimalField(blank=True, decimal_places=1, max_digits=6, null=True)),
                ("kpi", models.CharField(blank=True, max_length=3)),
                ("baseline", models.CharField(blank=True, max_length=100)),
                ("target", models.CharField(blank=True, max_length=100)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "planned"),
                            ("running", "running"),
                            ("done", "done"),
                            ("late", "late"),
                            ("dropped", "dropped"),
                        ],
                        default="planned",
                        max_length=8,
                    ),
                ),
                ("dropped_because", models.TextField(blank=True)),
                ("evidence", models.JSONField(blank=True, default=list)),
                ("risks", models.JSONField(blank=True, default=list)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "depends_on",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casebook.action",
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="actions",
                        to="casebook.contract",
                    ),
                ),
            ],
            options={
                "ordering": ("due", "oid"),
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "oid",
                    models.CharField(
                        default=duecare.casebook.models.kept.new_oid,
                        editable=False,
                        max_length=26,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("line_id", models.CharField(db_index=True, max_length=64)),
                ("run", models.CharField(max_length=64)),
                ("finding", models.JSONField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("accept", "accept"),
                            ("act", "act"),
                            ("escalate", "escalate"),
                            ("defer", "defer"),
                            ("close", "close"),
                        ],
                        max_length=8,
                    ),
                ),
                ("what", models.TextField()),
                ("why", models.TextField()),
                ("role", models.CharField(max_length=3)),
                ("expires", models.DateField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="casebook.contract"
                    ),
                ),
                (
                    "replaces",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="casebook.decision",
                    ),
                ),
            ],
            options={
                "ordering": ("at", "oid"),
            },
        ),
        migrations.CreateModel(
            name="HistoricalSetting",
            fields=[
                (
                    "oid",
                    models.CharField(
                        db_index=True, default=duecare.casebook.models.kept.new_oid, editable=False, max_length=26
                    ),
                ),
                ("at", models.DateTimeField()),
                ("name", models.CharField(db_index=True, max_length=60)),
                ("value", models.JSONField()),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical setting",
                "verbose_name_plural": "historical settings",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalStructure",
            fields=[
                (
                    "oid",
                    models.CharField(
                        db_index=True, default=duecare.casebook.models.kept.new_oid, editable=False, max_length=26
                    ),
                ),
                ("at", models.DateTimeField()),
                ("name", models.CharField(db_index=True, max_length=200)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("legal_regime", models.CharField(blank=True, max_length=100)),
                ("languages", models.JSONField(blank=True, default=list)),
                ("names", models.JSONField(blank=True, default=list)),
                ("capacity", models.PositiveIntegerField(blank=True, null=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical structure",
                "verbose_name_plural": "historical structures",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "oid",
                    models.CharField(
                        default=duecare.casebook.models.kept.new_oid,
                        editable=False,
                        max_length=26,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("until", models.DateTimeField()),
                ("used", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Override",
            fields=[
                (
                    "oid",
                    models.CharField(
                        default=duecare.casebook.models.kept.new_oid,
                        editable=False,
                        max_length=26,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("number", models.CharField(max_length=40, unique=True)),
                ("title", models.TextField(blank=True)),
                ("category", models.CharField(blank=True, max_length=5)),
                ("target", models.CharField(max_length=4)),
                ("where", models.JSONField()),
                ("model_value", models.FloatField(blank=True, null=True)),
                ("value", models.FloatField()),
                ("direction", models.CharField(choices=[("raise", "raise"), ("lower", "lower")], max_length=5)),
                ("reason", models.TextField()),
                ("proofs", models.JSONField()),
                ("run", models.CharField(blank=True, max_length=64)),
                ("role", models.CharField(max_length=3)),
                ("created", models.DateField()),
                ("expires", models.DateField()),
                ("dissent", models.TextField(blank=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("at", "oid"),
            },
        ),
        migrations.CreateModel(
            name="OverrideWithdrawal",
            fields=[
                (
                    "oid",
                    models.CharField(
                        default=duecare.casebook.models.kept.new_oid,
                        editable=False,
                        max_length=26,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("reason", models.TextField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "override",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="withdrawal", to="casebook.override"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="OwnEstimate",
            fields=[
                (
                    "oid",
                    models.CharField(
                        default=duecare.casebook.models.kept.new_oid,
                        editable=False,
                        max_length=26,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("line_id", models.CharField(db_index=True, max_length=64)),
                ("run", models.CharField(max_length=64)),
                ("band", models.CharField(blank=True, max_length=9)),
                ("shown_band", models.CharField(max_length=9)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ReadingProposal",
            fields=[
                (
                    "oid",
                    models.CharField(
                        default=duecare.casebook.models.kept.new_oid,
                        editable=False,
                        max_length=26,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("key", models.CharField(db_index=True, max_length=32)),
                ("line_id", models.CharField(blank=True, max_length=64)),
                ("title", models.TextField(blank=True)),
                ("category", models.CharField(blank=True, max_length=20)),
                ("cpv", models.CharField(blank=True, max_length=20)),
                ("reason", models.TextField()),
                ("role", models.CharField(max_length=3)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("at", "oid"),
            },
        ),
        migrations.CreateModel(
            name="ReadingAnswer",
            fields=[
                (
                    "oid",
                    models.CharField(
                        default=duecare.casebook.models.kept.new_oid,
                        editable=False,
                        max_length=26,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("role", models.CharField(max_length=3)),
                ("agrees", models.BooleanField()),
                ("note", models.TextField(blank=True)),
                ("number", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answer",
                        to="casebook.readingproposal",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Setting",
            fields=[
                (
                    "oid",
                    models.CharField(
                        default=duecare.casebook.models.kept.new_oid,
                        editable=False,
                        max_length=26,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("name", models.CharField(max_length=60, unique=True)),
                ("value", models.JSONField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="Structure",
            fields=[
                (
                    "oid",
                    models.CharField(
                        default=duecare.casebook.models.kept.new_oid,
                        editable=False,
                        max_length=26,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("name", models.CharField(max_length=200, unique=True)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("legal_regime", models.CharField(blank=True, max_length=100)),
                ("languages", models.JSONField(blank=True, default=list)),
                ("names", models.JSONField(blank=True, default=list)),
                ("capacity", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.AddField(
            model_name="readingproposal",
            name="structure",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="casebook.structure",
            ),
        ),
        migrations.CreateModel(
            name="QuarantineReview",
            fields=[
                (
                    "oid",
                    models.CharField(
                        default=duecare.casebook.models.kept.new_oid,
                        editable=False,
                        max_length=26,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("file_sha256", models.CharField(db_index=True, max_length=64)),
                ("row", models.CharField(blank=True, max_length=200)),
                ("code", models.CharField(blank=True, max_length=60)),
                (
                    "verdict",
                    models.CharField(choices=[("fix", "fix"), ("leave", "leave"), ("ask", "ask")], max_length=8),
                ),
                ("note", models.TextField(blank=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "structure",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casebook.structure",
                    ),
                ),
            ],
            options={
                "ordering": ("at", "oid"),
            },
        ),
        migrations.CreateModel(
            name="PeerReview",
            fields=[
                (
                    "oid",
                    models.CharField(
                        default=duecare.casebook.models.kept.new_oid,
                        editable=False,
                        max_length=26,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("role", models.CharField(max_length=3)),
                ("counted", models.JSONField()),
                ("what", models.TextField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reviewed",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="peer_reviews",
                        to="casebook.structure",
                    ),
                ),
                (
                    "structure",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casebook.structure",
                    ),
                ),
            ],
            options={
                "ordering": ("at", "oid"),
            },
        ),
        migrations.AddField(
            model_name="override",
            name="structure",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="overrides", to="casebook.structure"
            ),
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                (
                    "oid",
                    models.CharField(
                        default=duecare.casebook.models.kept.new_oid,
                        editable=False,
                        max_length=26,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("kind", models.CharField(max_length=20)),
                ("parameters", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "queued"),
                            ("running", "running"),
                            ("done", "done"),
                            ("failed", "failed"),
                            ("cancelled", "cancelled"),
                        ],
                        db_index=True,
                        default="queued",
                        max_length=9,
                    ),
                ),
                ("step", models.CharField(blank=True, max_length=200)),
                ("done", models.PositiveBigIntegerField(default=0)),
                ("total", models.PositiveBigIntegerField(blank=True, null=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("started", models.DateTimeField(blank=True, null=True)),
                ("beat", models.DateTimeField(blank=True, null=True)),
                ("ended", models.DateTimeField(blank=True, null=True)),
                ("cancel_asked", models.BooleanField(default=False)),
                ("result", models.JSONField(blank=True, default=dict)),
                ("error", models.TextField(blank=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "structure",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casebook.structure",
                    ),
                ),
            ],
            options={
                "ordering": ("-at", "oid"),
            },
        ),
        migrations.CreateModel(
            name="HistoricalTraining",
            fields=[
                (
                    "oid",
                    models.CharField(
                        db_index=True, default=duecare.casebook.models.kept.new_oid, editable=False, max_length=26
                    ),
                ),
                ("at", models.DateTimeField()),
                ("module", models.CharField(max_length=10)),
                ("title", models.CharField(max_length=300)),
                ("held", models.DateField()),
                ("hours", models.DecimalField(decimal_places=1, max_digits=5)),
                ("reached", models.JSONField(default=dict)),
                ("version", models.PositiveIntegerField(default=1)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "structure",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="casebook.structure",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical training",
                "verbose_name_plural": "historical trainings",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalEngagement",
            fields=[
                (
                    "oid",
                    models.CharField(
                        db_index=True, default=duecare.casebook.models.kept.new_oid, editable=False, max_length=26
                    ),
                ),
                ("at", models.DateTimeField()),
                ("supplier", models.CharField(max_length=300)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("meeting", "meeting"),
                            ("workshop", "workshop"),
                            ("letter", "letter"),
                            ("visit", "visit"),
                            ("call", "call"),
                        ],
                        max_length=10,
                    ),
                ),
                ("planned", models.DateField()),
                ("held", models.DateField(blank=True, null=True)),
                ("topic", models.CharField(max_length=300)),
                ("outcome", models.TextField(blank=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="casebook.contract",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "structure",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="casebook.structure",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical engagement",
                "verbose_name_plural": "historical engagements",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalAssignment",
            fields=[
                (
                    "oid",
                    models.CharField(
                        db_index=True, default=duecare.casebook.models.kept.new_oid, editable=False, max_length=26
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("PO", "PO"),
                            ("RQ", "RQ"),
                            ("CM", "CM"),
                            ("FP", "FP"),
                            ("LG", "LG"),
                            ("FIN", "FIN"),
                            ("SM", "SM"),
                            ("DPO", "DPO"),
                            ("IV", "IV"),
                            ("IA", "IA"),
                            ("SAG", "SAG"),
                            ("ADM", "ADM"),
                        ],
                        max_length=3,
                    ),
                ),
                ("since", models.DateField()),
                ("until", models.DateField(blank=True, null=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "structure",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="casebook.structure",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical assignment",
                "verbose_name_plural": "historical assignments",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalAction",
            fields=[
                (
                    "oid",
                    models.CharField(
                        db_index=True, default=duecare.casebook.models.kept.new_oid, editable=False, max_length=26
                    ),
                ),
                ("at", models.DateTimeField()),
                ("title", models.CharField(max_length=300)),
                (
                    "objective",
                    models.CharField(
                        choices=[
                            ("OBJ1", "OBJ1"),
                            ("OBJ2", "OBJ2"),
                            ("OBJ3", "OBJ3"),
                            ("OBJ4", "OBJ4"),
                            ("OBJ5", "OBJ5"),
                            ("OBJ6", "OBJ6"),
                            ("OBJ7", "OBJ7"),
                            ("OBJ8", "OBJ8"),
                        ],
                        max_length=4,
                    ),
                ),
                ("measure_code", models.CharField(blank=True, max_length=40)),
                ("category", models.CharField(blank=True, max_length=5)),
                ("owner_role", models.CharField(max_length=3)),
                ("start", models.DateField()),
                ("due", models.DateField()),
                ("budget_amount", models.DecimalField(blank=True, decimal_places=2, max_digits=18, null=True)),
                ("budget_currency", models.CharField(blank=True, max_length=3)),
                ("hours", models.DecimalField(blank=True, decimal_places=1, max_digits=6, null=True)),
                ("kpi", models.CharField(blank=True, max_length=3)),
                ("baseline", models.CharField(blank=True, max_length=100)),
                ("target", models.CharField(blank=True, max_length=100)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "planned"),
                            ("running", "running"),
                            ("done", "done"),
                            ("late", "late"),
                            ("dropped", "dropped"),
                        ],
                        default="planned",
                        max_length=8,
                    ),
                ),
                ("dropped_because", models.TextField(blank=True)),
                ("evidence", models.JSONField(blank=True, default=list)),
                ("risks", models.JSONField(blank=True, default=list)),
                ("version", models.PositiveIntegerField(default=1)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="casebook.contract",
                    ),
                ),
                (
                    "depends_on",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="casebook.action",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "structure",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="casebook.structure",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical action",
                "verbose_name_plural": "historical actions",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="EvidenceFile",
            fields=[
                (
                    "oid",
                    models.CharField(
                        default=duecare.casebook.models.kept.new_oid,
                        editable=False,
                        max_length=26,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("sha256", models.CharField(db_index=True, max_length=64)),
                ("name", models.CharField(max_length=255)),
                ("media_type", models.CharField(max_length=100)),
                ("bytes", models.PositiveBigIntegerField()),
                ("title", models.CharField(max_length=300)),
                ("issuer", models.CharField(max_length=300)),
                (
                    "grade",
                    models.CharField(
                        choices=[("E0", "E0"), ("E1", "E1"), ("E2", "E2"), ("E3", "E3"), ("E4", "E4")], max_length=2
                    ),
                ),
                ("dated", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                (
                    "data_class",
                    models.CharField(
                        choices=[
                            ("PUB", "PUB"),
                            ("BIZ", "BIZ"),
                            ("COST", "COST"),
                            ("AGG", "AGG"),
                            ("PSE", "PSE"),
                            ("SEN", "SEN"),
                            ("CASE", "CASE"),
                        ],
                        default="BIZ",
                        max_length=4,
                    ),
                ),
                ("contested", models.BooleanField(default=False)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="casebook.contract",
                    ),
                ),
                (
                    "structure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="casebook.structure"
                    ),
                ),
            ],
            options={
                "ordering": ("-at", "oid"),
            },
        ),
        migrations.CreateModel(
            name="Engagement",
            fields=[
                (
                    "oid",
                    models.CharField(
                        default=duecare.casebook.models.kept.new_oid,
                        editable=False,
                        max_length=26,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("supplier", models.CharField(max_length=300)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("meeting", "meeting"),
                            ("workshop", "workshop"),
                            ("letter", "letter"),
                            ("visit", "visit"),
                            ("call", "call"),
                        ],
                        max_length=10,
                    ),
                ),
                ("planned", models.DateField()),
                ("held", models.DateField(blank=True, null=True)),
                ("topic", models.CharField(max_length=300)),
                ("outcome", models.TextField(blank=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="engagements",
                        to="casebook.contract",
                    ),
                ),
                (
                    "structure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="engagements", to="casebook.structure"
                    ),
                ),
            ],
            options={
                "ordering": ("-planned", "oid"),
            },
        ),
        migrations.AddField(
            model_name="contract",
            name="structure",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="contracts", to="casebook.structure"
            ),
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                (
                    "oid",
                    models.CharField(
                        default=duecare.casebook.models.kept.new_oid,
                        editable=False,
                        max_length=26,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("PO", "PO"),
                            ("RQ", "RQ"),
                            ("CM", "CM"),
                            ("FP", "FP"),
                            ("LG", "LG"),
                            ("FIN", "FIN"),
                            ("SM", "SM"),
                            ("DPO", "DPO"),
                            ("IV", "IV"),
                            ("IA", "IA"),
                            ("SAG", "SAG"),
                            ("ADM", "ADM"),
                        ],
                        max_length=3,
                    ),
                ),
                ("since", models.DateField()),
                ("until", models.DateField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "structure",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to="casebook.structure",
                    ),
                ),
            ],
            options={
                "ordering": ("person", "role", "structure"),
            },
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                (
                    "oid",
                    models.CharField(
                        default=duecare.casebook.models.kept.new_oid,
                        editable=False,
                        max_length=26,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("name", models.CharField(max_length=100)),
                ("prefix", models.CharField(max_length=12, unique=True)),
                ("digest", models.CharField(max_length=64)),
                ("writes", models.BooleanField(default=False)),
                ("until", models.DateField()),
                ("revoked", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="api_keys",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "structure",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casebook.structure",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="action",
            name="structure",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="actions", to="casebook.structure"
            ),
        ),
        migrations.CreateModel(
            name="ThreadLink",
            fields=[
                (
                    "oid",
                    models.CharField(
                        default=duecare.casebook.models.kept.new_oid,
                        editable=False,
                        max_length=26,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("reason", "reason"),
                            ("measure", "measure"),
                            ("clause", "clause"),
                            ("check", "check"),
                            ("finding", "finding"),
                            ("remedy", "remedy"),
                        ],
                        max_length=8,
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=40)),
                ("text", models.TextField()),
                ("run", models.CharField(blank=True, max_length=64)),
                ("owner_role", models.CharField(blank=True, max_length=3)),
                ("due", models.DateField(blank=True, null=True)),
                ("evidence", models.JSONField(blank=True, default=list)),
                (
                    "answers",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answered_by",
                        to="casebook.threadlink",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="links", to="casebook.contract"
                    ),
                ),
            ],
            options={
                "ordering": ("at", "oid"),
            },
        ),
        migrations.CreateModel(
            name="ThreadEvent",
            fields=[
                (
                    "oid",
                    models.CharField(
                        default=duecare.casebook.models.kept.new_oid,
                        editable=False,
                        max_length=26,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "planned"),
                            ("running", "running"),
                            ("done", "done"),
                            ("late", "late"),
                            ("dropped", "dropped"),
                        ],
                        max_length=8,
                    ),
                ),
                ("note", models.TextField(blank=True)),
                ("evidence", models.JSONField(blank=True, default=list)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "link",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="casebook.threadlink"
                    ),
                ),
            ],
            options={
                "ordering": ("at", "oid"),
            },
        ),
        migrations.CreateModel(
            name="Training",
            fields=[
                (
                    "oid",
                    models.CharField(
                        default=duecare.casebook.models.kept.new_oid,
                        editable=False,
                        max_length=26,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("module", models.CharField(max_length=10)),
                ("title", models.CharField(max_length=300)),
                ("held", models.DateField()),
                ("hours", models.DecimalField(decimal_places=1, max_digits=5)),
                ("reached", models.JSONField(default=dict)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "structure",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="trainings",
                        to="casebook.structure",
                    ),
                ),
            ],
            options={
                "ordering": ("-held", "oid"),
            },
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                (
                    "oid",
                    models.CharField(
                        default=duecare.casebook.models.kept.new_oid,
                        editable=False,
                        max_length=26,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("sha256", models.CharField(db_index=True, max_length=64)),
                ("name", models.CharField(max_length=255)),
                ("bytes", models.PositiveBigIntegerField()),
                ("looked", models.JSONField(blank=True, default=dict)),
                ("chosen", models.JSONField(blank=True, default=dict)),
                ("discarded", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uploads",
                        to="casebook.job",
                    ),
                ),
                (
                    "structure",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uploads",
                        to="casebook.structure",
                    ),
                ),
            ],
            options={
                "ordering": ("-at", "oid"),
            },
        ),
        migrations.CreateModel(
            name="Workshop",
            fields=[
                (
                    "oid",
                    models.CharField(
                        default=duecare.casebook.models.kept.new_oid,
                        editable=False,
                        max_length=26,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("title", models.CharField(max_length=200)),
                ("held", models.DateField()),
                ("run", models.CharField(max_length=64)),
                ("roles", models.JSONField(default=list)),
                ("sources", models.TextField(blank=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "structure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="workshops", to="casebook.structure"
                    ),
                ),
            ],
            options={
                "ordering": ("-held", "oid"),
            },
        ),
        migrations.AddField(
            model_name="override",
            name="workshop",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="overrides",
                to="casebook.workshop",
            ),
        ),
        migrations.CreateModel(
            name="WorkshopItem",
            fields=[
                (
                    "oid",
                    models.CharField(
                        default=duecare.casebook.models.kept.new_oid,
                        editable=False,
                        max_length=26,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("line_id", models.CharField(max_length=64)),
                ("title", models.TextField(blank=True)),
                ("target", models.CharField(default="L", max_length=4)),
                ("model_value", models.FloatField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "workshop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="casebook.workshop"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WorkshopRating",
            fields=[
                (
                    "oid",
                    models.CharField(
                        default=duecare.casebook.models.kept.new_oid,
                        editable=False,
                        max_length=26,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("role", models.CharField(max_length=3)),
                ("value", models.FloatField()),
                ("note", models.TextField(blank=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="ratings", to="casebook.workshopitem"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WorkshopReveal",
            fields=[
                (
                    "oid",
                    models.CharField(
                        default=duecare.casebook.models.kept.new_oid,
                        editable=False,
                        max_length=26,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("median", models.FloatField()),
                ("lowest", models.FloatField()),
                ("highest", models.FloatField()),
                ("ratings", models.PositiveIntegerField()),
                ("dissent", models.TextField(blank=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reveal", to="casebook.workshopitem"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="OverrideSignature",
            fields=[
                (
                    "oid",
                    models.CharField(
                        default=duecare.casebook.models.kept.new_oid,
                        editable=False,
                        max_length=26,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("role", models.CharField(max_length=3)),
                ("agrees", models.BooleanField()),
                ("note", models.TextField(blank=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "override",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="signatures", to="casebook.override"
                    ),
                ),
            ],
            options={
                "ordering": ("at", "oid"),
                "constraints": [models.UniqueConstraint(fields=("override", "by"), name="one_word_each")],
            },
        ),
        migrations.CreateModel(
            name="SavedMap",
            fields=[
                (
                    "oid",
                    models.CharField(
                        default=duecare.casebook.models.kept.new_oid,
                        editable=False,
                        max_length=26,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("headings", models.CharField(max_length=64)),
                ("content", models.JSONField()),
                ("defaults", models.JSONField(blank=True, default=dict)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "structure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="maps", to="casebook.structure"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("structure", "headings"), name="one_map_each")],
            },
        ),
        migrations.CreateModel(
            name="Rerating",
            fields=[
                (
                    "oid",
                    models.CharField(
                        default=duecare.casebook.models.kept.new_oid,
                        editable=False,
                        max_length=26,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("role", models.CharField(max_length=3)),
                ("value", models.FloatField()),
                ("reason", models.TextField(blank=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "override",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reratings", to="casebook.override"
                    ),
                ),
                (
                    "structure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casebook.structure"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("override", "by"), name="one_rerating_each")],
            },
        ),
        migrations.AddConstraint(
            model_name="workshopitem",
            constraint=models.UniqueConstraint(fields=("workshop", "line_id", "target"), name="one_item_each"),
        ),
        migrations.AddConstraint(
            model_name="workshoprating",
            constraint=models.UniqueConstraint(fields=("item", "by"), name="one_rating_each"),
        ),
    ]
