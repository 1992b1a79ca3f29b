namespace Beam.Testing;

/// <summary>What befalls one connection through a <see cref="FaultProxy"/>.</summary>
/// <param name="CutAfterSent">After how many bytes from the client both ends get a reset; <see langword="null"/> for never.</param>
/// <param name="CutAfterReceived">After how many bytes from the server both ends get a reset; <see langword="null"/> for never.</param>
/// <param name="LoseAfterSent">
/// After how many bytes from the client the proxy takes and loses those that follow; <see langword="null"/> for never.
/// </param>
public readonly record struct ConnectionFault(long? CutAfterSent = null, long? CutAfterReceived = null, long? LoseAfterSent = null);
