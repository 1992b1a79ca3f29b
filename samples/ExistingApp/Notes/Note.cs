namespace ExistingApp.Notes;

/// <summary>A note.</summary>
internal sealed record Note(string Text);
