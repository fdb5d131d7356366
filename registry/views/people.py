"""Pages of people: list, one person, adding to an enterprise, ending an appointment, phone."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core import clock
from core.http import refusals_on
from registry.actions import change_phone, correct_name, employ, end_appointment
from registry.forms import EmployForm, EndAppointmentForm, NameForm, PersonFilter, PhoneForm
from registry.policies import can_change_enterprise, can_keep_people
from registry.queries import (
    all_appointments_for,
    check_may_correct_person,
    check_may_keep_people,
    check_may_keep_person,
    check_may_read,
    get_appointment,
    get_enterprise,
    get_person,
    people_with_posts,
)
from registry.queries.history import history_of_person
from registry.views.lists import SIZES, Head, heads, page_of
from registry.views.requests import ActorRequest
from registry.views.words import event_entry


def person_list(request: ActorRequest) -> HttpResponse:
    """The people whom the actor reaches, with their posts."""
    check_may_read(request.actor)
    queryset = people_with_posts(request.actor, on=clock.today())
    found = PersonFilter(request.GET, queryset=queryset, request=request)
    columns = [Head(_("姓名"), "name"), Head(_("在任")), Head(_("证件")), Head(_("手机号"))]
    context = {
        "filter": found,
        "page": page_of(request, found.qs if found.is_valid() else queryset.none()),
        "columns": heads(request, columns),
        "sizes": SIZES,
        "is_filtered": any(request.GET.get(name) for name in ("q", "post")),
    }
    return render(request, "registry/person_list.html", context)


def person_detail(request: ActorRequest, person_id: str) -> HttpResponse:
    """One person: masked facts, and appointments at enterprises in reach."""
    check_may_read(request.actor)
    person = get_person(request.actor, person_id)
    appointments = list(all_appointments_for(request.actor).filter(person=person).order_by("-valid_from", "pk"))
    context = {
        "person": person,
        "appointments": appointments,
        "history": [event_entry(event) for event in history_of_person(person, appointments)],
        "may_keep": any(can_keep_people(request.actor, item.enterprise) for item in appointments),
        "may_correct": any(can_change_enterprise(request.actor, item.enterprise) for item in appointments),
    }
    return render(request, "registry/person_detail.html", context)


def employ_person(request: ActorRequest, enterprise_id: str) -> HttpResponse:
    """Adds a person, known or new, to an enterprise."""
    check_may_read(request.actor)
    enterprise = get_enterprise(request.actor, enterprise_id)
    check_may_keep_people(request.actor, enterprise)
    form = EmployForm(request.POST or None, initial={"valid_from": clock.today()})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            done = employ(
                request.actor,
                enterprise_id=enterprise_id,
                person=form.person(),
                appointment=form.appointment(),
                now=clock.now(),
            )
            text = _("已添加人员和任职。") if done.is_new_person else _("该人员此前已登记，已添加任职。")
            messages.success(request, text)
            return redirect("registry:enterprise_detail", enterprise_id)
    return render(request, "registry/employ.html", {"form": form, "enterprise": enterprise})


def appointment_end(request: ActorRequest, appointment_id: str) -> HttpResponse:
    """Asks for the last day, and ends the appointment."""
    check_may_read(request.actor)
    appointment = get_appointment(request.actor, appointment_id)
    check_may_keep_people(request.actor, appointment.enterprise)
    form = EndAppointmentForm(request.POST or None, initial={"valid_to": clock.today()})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            end_appointment(request.actor, appointment_id, valid_to=form.cleaned_data["valid_to"], now=clock.now())
            messages.success(request, _("已记录离任日期。"))
            return redirect("registry:enterprise_detail", appointment.enterprise.public_id)
    return render(request, "registry/appointment_end.html", {"form": form, "appointment": appointment})


def person_phone(request: ActorRequest, person_id: str) -> HttpResponse:
    """Another phone for a person."""
    check_may_read(request.actor)
    person = get_person(request.actor, person_id)
    check_may_keep_person(request.actor, person)
    form = PhoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            change_phone(request.actor, person_id, form.cleaned_data["phone"], now=clock.now())
            messages.success(request, _("已更改手机号。"))
            return redirect("registry:person_detail", person_id)
    return render(request, "registry/person_phone.html", {"form": form, "person": person})


def person_name(request: ActorRequest, person_id: str) -> HttpResponse:
    """Another name for the same document."""
    check_may_read(request.actor)
    person = get_person(request.actor, person_id)
    check_may_correct_person(request.actor, person)
    form = NameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            data = form.cleaned_data
            correct_name(request.actor, person_id, data["name"], reason=data["reason"], now=clock.now())
            messages.success(request, _("已更正姓名。"))
            return redirect("registry:person_detail", person_id)
    return render(request, "registry/person_name.html", {"form": form, "person": person})
