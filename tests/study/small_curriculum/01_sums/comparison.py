# %% [markdown]
# # Sums, compared

# %%
print(1 + 1)
