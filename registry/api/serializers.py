"""What the API says about the registry: an allow-list, people masked, never an ID number."""

from rest_framework import serializers

from core.masking import mask_name, mask_phone
from registry.domain.drafts import AppointmentDraft, EnterpriseDraft, PersonDraft
from registry.models import Appointment, Area, Capacity, Enterprise, IdType, Industry, Person, Post


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

    id = serializers.CharField(source="public_id")
    enterprise_id = serializers.CharField(source="enterprise.public_id")
    enterprise_name = serializers.CharField(source="enterprise.name")
    post = serializers.ChoiceField(choices=Post.choices)

    class Meta:
        model = Appointment
        fields = ("id", "enterprise_id", "enterprise_name", "post", "capacity", "valid_from", "valid_to")


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


class EnterpriseWriteSerializer(serializers.Serializer[object]):
    """An enterprise to register or change, by codes of the reference data."""

    name = serializers.CharField(max_length=120)
    uscc = serializers.CharField(max_length=40, help_text="unified social credit code, GB 32100")
    area = serializers.CharField(max_length=12)
    industry = serializers.CharField(max_length=12)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=12), max_length=20, required=False, default=list
    )
    authority = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    employees = serializers.IntegerField(
        min_value=0, max_value=1_000_000, required=False, allow_null=True, default=None
    )
    revenue_10k = serializers.DecimalField(
        max_digits=11, decimal_places=2, min_value=0, required=False, allow_null=True, default=None
    )

    def draft(self) -> EnterpriseDraft:
        """What was sent."""
        data = self.validated_data
        return EnterpriseDraft(
            name=data["name"],
            uscc=data["uscc"],
            area_code=data["area"],
            industry_code=data["industry"],
            tag_codes=tuple(data["tags"]),
            authority_code=data["authority"],
            employees=data["employees"],
            revenue_10k=data["revenue_10k"],
        )


class EmploymentWriteSerializer(serializers.Serializer[object]):
    """A person, by document, and the post taken. The number is sealed on arrival and never sent back."""

    name = serializers.CharField(max_length=60)
    id_type = serializers.ChoiceField(choices=IdType.choices, required=False, default=IdType.ID_CARD)
    id_number = serializers.CharField(max_length=40, write_only=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True, default="", write_only=True)
    post = serializers.ChoiceField(choices=Post.choices)
    capacity = serializers.ChoiceField(choices=Capacity.choices, required=False, allow_blank=True, default="")
    valid_from = serializers.DateField()

    def person(self) -> PersonDraft:
        """The person as sent."""
        data = self.validated_data
        return PersonDraft(data["name"], data["id_number"], data["id_type"], data["phone"])

    def appointment(self) -> AppointmentDraft:
        """The appointment as sent."""
        data = self.validated_data
        return AppointmentDraft(post=data["post"], valid_from=data["valid_from"], capacity=data["capacity"])


class EndSerializer(serializers.Serializer[object]):
    """The last day of an appointment."""

    valid_to = serializers.DateField()
