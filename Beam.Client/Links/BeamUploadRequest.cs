namespace Beam.Client;

/// <summary>A channel for files from others. They get a link that can only send.</summary>
/// <param name="Channel">The channel, to receive from. Keep it.</param>
/// <param name="Request">
/// The token for the sender. Its <see cref="BeamToken.PublicLink"/> opens a page in a browser, and <c>curl -T FILE LINK/</c> sends to it.
/// </param>
public sealed record BeamUploadRequest(BeamToken Channel, BeamToken Request);
