"""Who is regulated: areas, authorities, industries, enterprises, people, appointments."""

from registry.models.enterprises import Appointment, Capacity, Enterprise, IdType, Person, Post
from registry.models.imports import EnterpriseImport
from registry.models.territory import Area, Authority, HazardTag, Industry

__all__ = [
    "Appointment",
    "Area",
    "Authority",
    "Capacity",
    "Enterprise",
    "EnterpriseImport",
    "HazardTag",
    "IdType",
    "Industry",
    "Person",
    "Post",
]
