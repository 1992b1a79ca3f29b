namespace ExistingApp.Accounts;

/// <summary>The user that is signed in.</summary>
internal sealed record Account(string User);
