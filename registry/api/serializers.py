"""What the API says about the registry: an allow-list, people masked, never an ID number."""

from rest_framework import serializers

from core.masking import mask_name, mask_phone
from registry.models import Appointment, Area, Enterprise, Industry, Person, Post


class RefusalSerializer(serializers.Serializer[object]):
    """Every refusal of the API."""

    code = serializers.CharField()
    message = serializers.CharField()
    params = serializers.DictField()


class AreaSerializer(serializers.ModelSerializer[Area]):
    """A row of one period; sub-codes below 430602 are ours."""

    parent_code = serializers.CharField(source="parent.code", default=None, allow_null=True)

    class Meta:
        model = Area
        fields = ("code", "name", "parent_code", "valid_from", "valid_to")


class IndustrySerializer(serializers.ModelSerializer[Industry]):
    """An industry and its flags."""

    parent_code = serializers.CharField(source="parent.code", default=None, allow_null=True)

    class Meta:
        model = Industry
        fields = ("code", "name", "parent_code", "is_high_hazard", "needs_safety_director")


class EnterpriseSerializer(serializers.ModelSerializer[Enterprise]):
    """An enterprise with its computed flags and the date of their rule."""

    id = serializers.CharField(source="public_id")
    area = serializers.CharField(source="area.code")
    area_name = serializers.CharField(source="area.name")
    industry = serializers.CharField(source="industry.code")
    industry_name = serializers.CharField(source="industry.name")
    tags = serializers.SlugRelatedField[Enterprise](slug_field="code", many=True, read_only=True)
    authority = serializers.CharField(source="authority.code", default=None, allow_null=True)

    class Meta:
        model = Enterprise
        fields = (
            "id",
            "name",
            "uscc",
            "area",
            "area_name",
            "industry",
            "industry_name",
            "tags",
            "authority",
            "employees",
            "revenue_10k",
            "is_large_scale",
            "is_high_hazard",
            "needs_safety_director",
            "flags_rule_date",
            "is_active",
        )


class AppointmentSerializer(serializers.ModelSerializer[Appointment]):
    """A post in force at an enterprise in reach."""

    enterprise_id = serializers.CharField(source="enterprise.public_id")
    enterprise_name = serializers.CharField(source="enterprise.name")
    post = serializers.ChoiceField(choices=Post.choices)

    class Meta:
        model = Appointment
        fields = ("enterprise_id", "enterprise_name", "post", "capacity", "valid_from", "valid_to")


class PersonSerializer(serializers.ModelSerializer[Person]):
    """A person, masked, with the posts in force."""

    id = serializers.CharField(source="public_id")
    name_masked = serializers.SerializerMethodField()
    phone_masked = serializers.SerializerMethodField()
    posts = AppointmentSerializer(many=True)

    class Meta:
        model = Person
        fields = ("id", "name_masked", "phone_masked", "posts")

    def get_name_masked(self, person: Person) -> str:
        return mask_name(person.name)

    def get_phone_masked(self, person: Person) -> str:
        return mask_phone(person.phone) if person.phone else ""
