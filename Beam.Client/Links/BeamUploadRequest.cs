namespace Beam.Client;

/// <summary>A channel for files that others are to send: they get the link, which can do nothing else.</summary>
/// <param name="Channel">The channel, to receive from. Keep it.</param>
/// <param name="Request">The token for who is to send. Its <see cref="BeamToken.PublicLink"/> opens a page in a browser, and <c>curl -T FILE LINK/</c> sends to it.</param>
public sealed record BeamUploadRequest(BeamToken Channel, BeamToken Request);
