namespace ExistingApp.Accounts;

/// <summary>Who is signed in.</summary>
internal sealed record Account(string User);
