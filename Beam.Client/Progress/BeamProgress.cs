namespace Beam.Client;

/// <summary>How far an operation is.</summary>
/// <param name="Stage">What it is doing.</param>
/// <param name="Bytes">How many bytes of the file this side has sent or received. Bytes that it has sent may still be on their way.</param>
/// <param name="Total">The length of the file; <see langword="null"/> while it is not known.</param>
/// <param name="BytesPerSecond">The recent speed.</param>
public readonly record struct BeamProgress(BeamStage Stage, long Bytes, long? Total, double BytesPerSecond);
