namespace Beam.Client;

/// <summary>A minted token: what it opens, what it allows and how long it lives.</summary>
/// <param name="Link">The channel, at the address that this client uses.</param>
/// <param name="PublicLink">
/// The channel, at the address that the server gives to others. It differs where the server has a public address of its own.
/// </param>
/// <param name="Rights">What the token allows.</param>
/// <param name="ExpiresAt">When it ends unless it is used.</param>
/// <param name="UsesLeft">How many transfers it is good for; <see langword="null"/> for any number.</param>
public sealed record BeamToken(BeamLink Link, BeamLink PublicLink, BeamRights Rights, DateTimeOffset ExpiresAt, int? UsesLeft);
