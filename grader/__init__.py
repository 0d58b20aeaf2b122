"""The grader: runs the hidden specs of the course against a learner's code, or a class's."""
