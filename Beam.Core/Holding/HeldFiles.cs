namespace Beam.Holding;

/// <summary>What a former process has left on the disk.</summary>
/// <param name="Channels">What it has written of channels.</param>
/// <param name="Files">The files that it has accepted. Each is opened as the caller comes to it.</param>
internal sealed record HeldFiles(IReadOnlyList<HeldChannelFile> Channels, IEnumerable<HeldFileBuffer> Files);
