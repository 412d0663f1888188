"""`manage.py set_training`: the way, its base, its settings, and what that takes."""

import pytest

from labelhub.models import Event, Project
from tests.management.test_loop_commands import call, refused
from tests.selector import tiny

pytestmark = pytest.mark.django_db


@pytest.fixture
def base(tmp_path, settings):
    found = str(tiny.causal_base(tmp_path / "base"))
    settings.BASE_MODELS = (found,)
    return found


def test_it_says_what_was_chosen_and_what_it_takes(project, base):
    told = call(
        "set_training", "apples", "--way", "lora", "--base", base, "--set", "rank=8", "--set", "neutral=negative"
    )
    assert told.startswith(f"apples trains by lora from {base}\n  rank: 8\n  neutral: negative\nEstimated on one core")
    assert Project.objects.get(slug="apples").training == {"rank": 8, "neutral": "negative"}
    assert Event.objects.filter(verb="change", project=project).exists()


def test_settings_stay_until_the_way_changes_and_go_back_to_its_own(project, base):
    call("set_training", "apples", "--way", "frozen", "--base", base, "--set", "decay=10", "--set", "heads=4")
    assert "  heads: 4" in call("set_training", "apples", "--set", "decay=")
    assert Project.objects.get(slug="apples").training == {"heads": 4}
    assert call("set_training", "apples", "--way", "full").startswith(f"apples trains by full from {base}\nEstimated")
    assert call("set_training", "apples", "--way", "embedded").startswith("apples trains by embedded\nEstimated")
    project.refresh_from_db()
    assert (project.way, project.base_model, project.training) == ("embedded", "", {})


def test_what_will_not_do_is_a_sentence(project, base):
    assert "This way starts from a base model" in refused("set_training", "apples", "--way", "frozen")
    assert "BASE_MODELS" in refused("set_training", "apples", "--way", "frozen", "--base", "/etc")
    assert "rank does not apply" in refused("set_training", "apples", "--set", "rank=8")
    assert Project.objects.filter(slug="apples", way="embedded", training={}).exists()
