"""Projects, their settings and their instructions."""

from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from labelhub.models import Event, Instructions, Membership, Project
from labelhub.queries.projects import access
from labelhub.services import projects
from tests import factories
from tests.api.conftest import refused
from tests.present import present

pytestmark = pytest.mark.django_db


def test_a_project_is_told_with_my_role_its_instructions_and_its_champion(call_as, ann, project):
    project.champion = factories.CheckpointFactory(project=project, number=3)
    project.save()
    factories.InstructionsFactory(project=project, version=2, text="The newest.")
    assert call_as(ann).get("projects/apples").json() == {
        "slug": "apples",
        "name": "Word problems about apples",
        "phase": 2,
        "metric": "best_of_n",
        "promotion_margin": 0.05,
        "auto_advance": False,
        "trains_elsewhere": False,
        "lease_seconds": 1800,
        "labels_wanted": 1,
        "overlap_share": 0,
        "gate_share": 0.1,
        "test_share": 0.1,
        "control_share": 0.1,
        "audit_share": 0.05,
        "screening_size": 30,
        "screening_bar": 0.75,
        "screening_retakes": 1,
        "check_count": 15,
        "check_rate": 0.05,
        "check_bar": 0.75,
        "hourly_rate": None,
        "currency": "",
        "way": "embedded",
        "base_model": "",
        "training": {},
        "role": "labeler",
        "instructions": {"version": 2, "text": "The newest."},
        "champion": 3,
    }


def test_the_list_holds_my_projects_alone_in_one_query(call_as, ann, django_assert_num_queries):
    for _ in range(3):
        factories.MembershipFactory(user=ann, project=factories.ProjectFactory())
    factories.ProjectFactory(slug="not-mine")
    browser = call_as(ann)
    with django_assert_num_queries(2):  # session with its account, projects
        slugs = [each["slug"] for each in browser.get("projects").json()]
    assert len(slugs) == 4
    assert "not-mine" not in slugs


def test_a_superuser_operates_every_project(call_as, project, db):
    root = factories.UserFactory(is_superuser=True)
    assert [(each["slug"], each["role"]) for each in call_as(root).get("projects").json()] == [("apples", "operator")]


def test_who_opens_a_project_operates_it_and_it_has_instructions(call_as, olga):
    body = {"slug": "pears", "name": "Pears", "gate_share": 0.25, "auto_advance": True}
    made = call_as(olga).post("projects", body)
    assert made.status_code == 201
    told = made.json()
    assert (told["role"], told["gate_share"], told["auto_advance"]) == ("operator", 0.25, True)
    assert told["instructions"]["version"] == 1
    assert "Bad" in told["instructions"]["text"]
    assert Event.objects.filter(verb="open", actor=olga, project__slug="pears").exists()


@pytest.mark.parametrize("slug", ["apples", "Two words", "", "a/b", "x" * 51])
def test_a_slug_that_is_taken_or_none_is_refused(call_as, olga, slug):
    response = call_as(olga).post("projects", {"slug": slug, "name": "Pears"})
    assert "slug" in refused(response, 409 if slug == "apples" else 400, "conflict" if slug == "apples" else "invalid")


def test_settings_change_one_by_one_and_leave_a_record(call_as, olga, project):
    told = call_as(olga).patch("projects/apples", {"metric": "first_error", "audit_share": 0.2}).json()
    assert (told["metric"], told["audit_share"], told["lease_seconds"]) == ("first_error", 0.2, 1800)
    event = Event.objects.get(verb="change")
    assert event.detail["settings"]["metric"] == ["best_of_n", "first_error"]
    assert event.actor == olga


def test_what_did_not_change_leaves_no_record(call_as, olga):
    call_as(olga).patch("projects/apples", {"metric": "best_of_n"})
    assert not Event.objects.filter(verb="change").exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phase", 3),
        ("phase", 1),
        ("metric", "auc"),
        ("lease_seconds", 5),
        ("labels_wanted", 0),
        ("promotion_margin", 1.2),
        ("promotion_margin", -0.01),
        ("gate_share", 1.2),
        ("gate_share", 0.95),  # with test_share more than all
        ("control_share", -0.1),
        ("control_share", 0.00001),
        ("overlap_share", 1.5),
        ("base_model", "http://elsewhere.example/model"),
        ("base_model", "/etc"),
        ("base_model", "/no/such/place"),
        ("base_model", "owner/unlisted"),
        ("hourly_rate", -1),
        ("hourly_rate", 12.345),
        ("currency", "euro"),
        ("currency", "eur"),
        ("name", ""),
        ("name", "x\x00y"),
        ("slug", "pears"),
        ("champion", 1),
    ],
)
def test_a_setting_that_will_not_do_is_refused_by_name(call_as, olga, project, field, value):
    assert field in refused(call_as(olga).patch("projects/apples", {field: value}), 400, "invalid")
    assert Project.objects.filter(slug="apples", phase=2, gate_share="0.1", base_model="").exists()


def test_phase_1_is_refused_with_a_sentence_in_a_new_project_too(call_as, olga, project):
    told = {"phase": [projects.ONLY_PHASE_2]}
    assert refused(call_as(olga).patch("projects/apples", {"phase": 1, "name": "Pears"}), 400, "invalid") == told
    new = {"slug": "pears", "name": "Pears", "phase": 1}
    assert refused(call_as(olga).post("projects", new), 400, "invalid") == told
    assert not Project.objects.filter(name="Pears").exists()


def test_a_project_that_was_set_to_phase_1_can_still_be_changed(call_as, olga, project):
    Project.objects.update(phase=1)
    assert call_as(olga).patch("projects/apples", {"name": "Pears"}).json()["name"] == "Pears"
    assert call_as(olga).patch("projects/apples", {"phase": 2}).json()["phase"] == 2


def test_what_an_hour_costs_is_told_to_all_but_labelers(call_as, ann, rita, olga):
    call_as(olga).patch("projects/apples", {"hourly_rate": 21.5, "currency": "EUR"})
    told = {name: call_as(user).get("projects/apples").json() for name, user in (("ann", ann), ("rita", rita))}
    assert {name: each["hourly_rate"] for name, each in told.items()} == {"ann": None, "rita": 21.5}
    assert call_as(olga).patch("projects/apples", {"hourly_rate": None}).json()["hourly_rate"] is None


def test_new_instructions_are_a_new_version(call_as, ann, olga, project):
    written = call_as(olga).post("projects/apples/instructions", {"text": "  Be kind.\n"}).json()
    assert (written["version"], written["text"], written["created_by"]) == (2, "  Be kind.\n", "olga")
    assert [each["version"] for each in call_as(ann).get("projects/apples/instructions").json()] == [2, 1]
    assert Instructions.objects.get(version=1).text == "Rate each step until the first mistake."


def test_roles_are_ranked(project, ann, rita, olga):
    reaches = {
        name: [role for role in Membership.Role if present(access(user=user, slug="apples")).reaches(role)]
        for name, user in (("ann", ann), ("rita", rita), ("olga", olga))
    }
    assert reaches == {
        "ann": ["labeler"],
        "rita": ["labeler", "reviewer"],
        "olga": ["labeler", "reviewer", "operator"],
    }


@pytest.fixture
def listed(settings):
    """A base model that the deployment lists."""
    settings.BASE_MODELS = ["owner/base"]
    return "owner/base"


def test_a_project_chooses_how_it_trains(call_as, olga, project, listed):
    body = {"way": "lora", "base_model": listed, "training": {"rank": 8, "rate": 2e-4, "neutral": "negative"}}
    told = call_as(olga).patch("projects/apples", body).json()
    assert {name: told[name] for name in body} == body
    assert Event.objects.get(verb="change").detail["settings"]["way"] == ["embedded", "lora"]


@pytest.mark.parametrize(
    ("body", "field", "sentence"),
    [
        ({"way": "frozen"}, "base_model", "This way starts from a base model"),
        ({"way": "embedded", "base_model": "owner/base"}, "base_model", "starts from no base model"),
        ({"way": "frozen", "base_model": "owner/base", "training": {"rank": 8}}, "training", "rank does not apply"),
        ({"training": {"heads": 65}}, "training", "heads is at least 1 and at most 64"),
        ({"training": {"heads": "many"}}, "training", "heads is 'many'"),
        ({"training": {"rate": 0}}, "training", "rate is at least"),
        ({"training": {"aggregate": "sum"}}, "training", "aggregate is one of"),
        ({"training": {"colour": 1}}, "training", "Unknown training settings: colour"),
        ({"training": {"base": "/etc"}}, "training", "base is no setting"),
        ({"training": {"seed": 1}}, "training", "seed is no setting"),
        ({"way": "half"}, "way", "half"),
    ],
)
def test_training_that_will_not_do_is_refused_by_name(call_as, olga, project, listed, body, field, sentence):
    refusal = refused(call_as(olga).patch("projects/apples", body), 400, "invalid")
    assert sentence in str(refusal[field])
    assert Project.objects.filter(slug="apples", way="embedded", base_model="", training={}).exists()


def test_a_base_model_named_without_a_way_teaches_all_of_it_and_none_is_the_embedded_one(
    call_as, olga, project, listed
):
    assert call_as(olga).patch("projects/apples", {"base_model": listed}).json()["way"] == "full"
    assert call_as(olga).patch("projects/apples", {"base_model": ""}).json()["way"] == "embedded"
    call_as(olga).patch("projects/apples", {"way": "frozen", "base_model": listed})
    assert call_as(olga).patch("projects/apples", {"base_model": listed}).json()["way"] == "frozen"
    new = {"slug": "pears", "name": "Pears", "base_model": listed}
    assert call_as(olga).post("projects", new).json()["way"] == "full"


def test_what_may_be_chosen_comes_with_defaults_ranges_and_costs(call_as, olga, project, settings, tmp_path):
    weights: dict[str, np.ndarray[Any, np.dtype[Any]]] = {
        "body.weight": np.zeros((1000, 2000), np.float16),
        "head.bias": np.zeros(3, np.float32),
    }
    save_file(weights, tmp_path / "model.safetensors")
    settings.BASE_MODELS = [str(tmp_path), "owner/unknown-to-this-machine"]
    told = call_as(olga).get("projects/apples/training").json()
    assert told["base_models"] == settings.BASE_MODELS
    ways = {each["way"]: {one["name"]: one for one in each["settings"]} for each in told["ways"]}
    assert list(ways) == Project.Way.values
    assert ways["lora"]["rank"] == {"name": "rank", "default": 16, "least": 0, "most": 1024, "choices": []}
    assert ways["full"]["neutral"]["choices"] == ["positive", "negative"]
    assert "rank" not in ways["full"] and "rate" not in ways["frozen"]
    costs = {(each["way"], each["base_model"]): each for each in told["costs"]}
    assert len(costs) == 1 + 3 * 2
    assert costs["full", str(tmp_path)]["memory"] > costs["frozen", str(tmp_path)]["memory"] > 8 * 10**6
    assert costs["lora", "owner/unknown-to-this-machine"]["memory"] is None


@pytest.mark.parametrize("way", Project.Way.values)
def test_each_setting_that_is_offered_can_be_chosen_at_its_default(call_as, olga, project, listed, way):
    ways = {each["way"]: each["settings"] for each in call_as(olga).get("projects/apples/training").json()["ways"]}
    chosen = {each["name"]: each["default"] for each in ways[way]}
    body = {"way": way, "base_model": "" if way == "embedded" else listed, "training": chosen}
    assert call_as(olga).patch("projects/apples", body).json()["training"] == chosen
