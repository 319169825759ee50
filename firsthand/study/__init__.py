"""The teaching engine: content, exercises, grading, memory. It knows no machine learning."""
