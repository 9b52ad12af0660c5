"""The uncertainty model's own check: does a 95 % interval hold the truth in 95 % of plans?"""
