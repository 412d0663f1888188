/** A problem and a solution as lines of a file that comes in; the words are the format's own. */
export const LINES = `{"problem_id": "p1", "problem": "What is 3 + 4?", "ground_truth_answer": "7"}
{"problem_id": "p1", "solution_id": "s1", "steps": ["3 and 4 make 7."], "answer": "7"}`;
