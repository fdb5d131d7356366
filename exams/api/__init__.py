"""The API of rounds, candidates and one's own exams."""
