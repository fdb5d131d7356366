"""What the API says about published scores: nothing that is not in the published file."""

from rest_framework import serializers

from publications.domain.snapshot import POSTS, STATES


class GroupSerializer(serializers.Serializer[object]):
    """One line of totals; null where the group is too small to be told."""

    group = serializers.CharField()
    people = serializers.IntegerField(allow_null=True)
    passed = serializers.IntegerField(allow_null=True)
    absent = serializers.IntegerField(allow_null=True)


class BandSerializer(serializers.Serializer[object]):
    """How many scores lie in a band of points; null where too few."""

    band = serializers.CharField()
    people = serializers.IntegerField(allow_null=True)


class TotalsSerializer(serializers.Serializer[object]):
    """Totals of a round; deferred people count in no rate."""

    people = serializers.IntegerField()
    enterprises = serializers.IntegerField()
    must_sit = serializers.IntegerField()
    deferred = serializers.IntegerField()
    states = serializers.DictField(child=serializers.IntegerField(), allow_null=True)
    pass_percent = serializers.CharField(allow_null=True)
    average = serializers.CharField(allow_null=True, help_text="points, as text")
    by_industry = GroupSerializer(many=True)
    by_street = GroupSerializer(many=True)
    by_post = GroupSerializer(many=True)
    by_score = BandSerializer(many=True)
    suppressed_below = serializers.IntegerField()


class VersionSerializer(serializers.Serializer[object]):
    """One version of the figures; addresses are null once names are off the page."""

    number = serializers.IntegerField()
    sha256 = serializers.CharField()
    published_at = serializers.DateTimeField()
    note = serializers.CharField(help_text="public reason of a correction, empty for the first version")
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    json_url = serializers.CharField(allow_null=True)
    csv_url = serializers.CharField(allow_null=True)


class ScoreRoundSerializer(serializers.Serializer[object]):
    """A published round."""

    id = serializers.CharField()
    code = serializers.CharField(help_text="2026Q4")
    title = serializers.CharField()
    authority = serializers.CharField()
    total_mark = serializers.CharField()
    pass_mark = serializers.CharField()
    is_withdrawn = serializers.BooleanField()
    names_until = serializers.DateField(allow_null=True)
    shows_rows = serializers.BooleanField()
    totals = TotalsSerializer(allow_null=True, help_text="null when withdrawn")
    versions = VersionSerializer(many=True)


class ScoreRowSerializer(serializers.Serializer[object]):
    """One published line; the name is masked unless the file says on which legal basis it is not."""

    enterprise = serializers.CharField()
    uscc = serializers.CharField()
    industry = serializers.CharField()
    street = serializers.CharField()
    name = serializers.CharField()
    post = serializers.ChoiceField(choices=list(POSTS.items()))
    state = serializers.ChoiceField(choices=list(STATES.items()))
    score = serializers.CharField(allow_blank=True)
    must_sit = serializers.BooleanField()
    makeup = serializers.BooleanField()


class RowQuerySerializer(serializers.Serializer[object]):
    """Filters of the rows."""

    q = serializers.CharField(required=False, max_length=60)
    street = serializers.CharField(required=False, max_length=60)
    industry = serializers.CharField(required=False, max_length=60)
    post = serializers.ChoiceField(required=False, choices=list(POSTS.items()))
    state = serializers.ChoiceField(required=False, choices=list(STATES.items()))
