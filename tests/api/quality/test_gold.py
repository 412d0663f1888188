"""Gold over the API: made, looked at, explained and retired, and a file tried out before it comes in."""

import gzip
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from labelhub.api.quality import gold as doors
from labelhub.models import Event, Gold, Job, Solution
from tests import factories
from tests.api.conftest import refused

pytestmark = pytest.mark.django_db

GOLD, FILE = "projects/apples/gold", "projects/apples/gold/file"
SHORT = "0 of 1 have no mistake; at least two in five should."
LINE = {
    "problem": "Ana has 3 pears and picks 2 more. How many?",
    "ground_truth_answer": "5",
    "steps": ["Ana starts with 3.", "3 + 2 = 6.", "So she has 6."],
    "answer": "6",
    "first_mistakes": [1],
    "explanation": "3 + 2 is 5.",
}


def send(browser, *lines, check=None, purpose="practice"):
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    form = {"file": SimpleUploadedFile("gold.jsonl", text.encode()), "purpose": purpose}
    return browser.post(FILE, form | ({} if check is None else {"check": check}))


def test_gold_is_made_of_a_label_or_a_solution_and_retired(call_as, rita, generation):
    label = factories.LabelFactory(assignment__item__generation=generation, ratings=[1, -1])
    other = factories.SolutionFactory(problem=label.solution.problem)
    made = call_as(rita).post("projects/apples/gold", {"purpose": "practice", "label": label.pk}).json()
    assert (made["first_mistakes"], made["label"]) == ([1], label.pk)
    asked = {"purpose": "check", "solution_id": other.pk, "first_mistakes": [2, 1], "explanation": "See step 2."}
    assert call_as(rita).post("projects/apples/gold", asked).json()["first_mistakes"] == [1, 2]
    refused(call_as(rita).post("projects/apples/gold", asked), 409, "conflict")
    refused(call_as(rita).post("projects/apples/gold", asked | {"first_mistakes": None}), 400, "invalid")
    refused(call_as(rita).post("projects/apples/gold", {"purpose": "check"}), 400, "invalid")
    page = call_as(rita).get("projects/apples/gold", purpose="practice").json()
    assert [each["id"] for each in page["results"]] == [made["id"]]
    [practice, _screening, _check] = page["sets"]
    assert (practice["labels"], practice["shortcomings"]) == (1, [SHORT])
    assert call_as(rita).post(f"projects/apples/gold/{made['id']}/retire", {"reason": "Too hard."}).status_code == 204
    assert call_as(rita).get("projects/apples/gold").json()["sets"][0]["retired"] == 1


def test_one_is_looked_at_with_its_answers_and_its_history(call_as, rita, ann, project):
    solution = factories.SolutionFactory(problem__project=project, wrong=True)
    asked = {"purpose": "check", "solution_id": solution.pk, "first_mistakes": [1]}
    made = call_as(rita).post(GOLD, asked).json()
    factories.LabelFactory(
        assignment__item__solution=solution, assignment__labeler=ann.labeler, is_quality_control_question=True
    )
    call_as(rita).post(f"{GOLD}/{made['id']}/retire", {"reason": "It is known by now."})
    told = call_as(rita).get(f"{GOLD}/{made['id']}").json()
    assert told["answers"] == [{"finish_reason": "solution", "said": None, "outcome": "said_none", "count": 1}]
    assert (told["shown"], told["agreed"]["n"], told["created_by"]) == (1, 1, "rita")
    assert [(act["verb"], act["actor"], act["reason"]) for act in told["history"]] == [
        ("make gold", "rita", ""),
        ("retire gold", "rita", "It is known by now."),
    ]
    assert call_as(rita).get(GOLD, retired="true").json()["results"][0]["id"] == made["id"]
    assert call_as(rita).get(GOLD, retired="false").json()["results"] == []


def test_its_explanation_is_said_in_other_words(call_as, rita, project):
    made = factories.GoldFactory(solution__problem__project=project, explanation="Look.")
    told = call_as(rita).patch(f"{GOLD}/{made.pk}", {"explanation": "3 + 4 is 7."}).json()
    assert told["explanation"] == "3 + 4 is 7."
    [act] = call_as(rita).get(f"{GOLD}/{made.pk}").json()["history"]
    assert (act["verb"], act["before"]) == ("explain gold", "Look.")


def test_what_is_gold_in_another_project_is_absent(call_as, rita, project):
    other = factories.GoldFactory()
    refused(call_as(rita).get(f"{GOLD}/{other.pk}"), 404, "not_found")
    refused(call_as(rita).patch(f"{GOLD}/{other.pk}", {"explanation": "Mine."}), 404, "not_found")
    refused(call_as(rita).post(f"{GOLD}/{other.pk}/retire", {"reason": "Mine."}), 404, "not_found")


def test_a_file_tried_out_tells_every_line_and_changes_nothing(call_as, olga, project):
    told = send(call_as(olga), LINE, "not json", LINE | {"first_mistakes": [7]}, check="true").json()
    assert (told["created"], told["solutions"], told["problems"], told["skipped"], told["rejected"]) == (1, 1, 1, 0, 2)
    assert told["made"] == [
        {"line": 1, **{name: LINE[name] for name in ("problem", "steps", "first_mistakes", "explanation")}}
    ]
    assert [each["line"] for each in told["rejections"]] == [2, 3]
    assert told["rejections"][1]["reason"] == "first_mistakes[0] is 7, not between 0 and 2."
    assert (told["after"]["labels"], told["after"]["shortcomings"]) == (1, [SHORT])
    assert [model.objects.count() for model in (Gold, Solution, Job, Event)] == [0, 0, 0, 0]


def test_the_same_file_read_makes_what_was_told_and_is_graded(
    call_as, olga, project, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as sent:
        told = send(call_as(olga), LINE, "not json").json()
    assert (told["created"], told["rejected"]) == (1, 1)
    made = Gold.objects.get()
    assert (made.first_mistakes, made.created_by, made.solution.answer) == ([1], olga, "6")
    assert Job.objects.get().kind == "grade"
    assert len(sent) == 1
    assert Event.objects.get(verb="import gold").subject == "gold.jsonl"
    again = send(call_as(olga), LINE).json()
    assert (again["created"], again["skipped"]) == (0, 1)
    assert Job.objects.count() == 1  # nothing new to grade


def test_a_file_too_long_to_wait_for_is_refused_by_name(call_as, olga, project, monkeypatch):
    monkeypatch.setattr(doors, "MOST_BYTES", 10)
    refused(send(call_as(olga), LINE), 413, "too_large")


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "no line"), (gzip.compress(b"{}", mtime=0), "gzip"), (b"\xff\xfe{\0", "UTF-16")]
)
@pytest.mark.parametrize("check", [True, False])
def test_another_kind_of_file_is_told_in_one_sentence(call_as, olga, project, content, said, check):
    form = {"file": SimpleUploadedFile("gold.jsonl", content), "purpose": "practice", "check": check}
    told = refused(call_as(olga).post(FILE, form), 400, "invalid")
    assert said in told["file"][0]


def test_the_sets_are_told_with_what_they_lack(call_as, rita, project):
    practice, screening, check = call_as(rita).get(GOLD).json()["sets"]
    assert (practice["labels"], practice["shortcomings"]) == (0, [])
    assert screening["shortcomings"] == ["There are 0 questions, and 30 are asked."]
    assert check["shortcomings"] == ["There are 0 checks, and a generation asks 15."]
