namespace Beam.Client;

/// <summary>How far an operation is.</summary>
/// <param name="Stage">What it is doing.</param>
/// <param name="Bytes">How many bytes of the file have been sent or received here. A sender's may still be on their way.</param>
/// <param name="Total">The length of the file; <see langword="null"/> while it is not known.</param>
/// <param name="BytesPerSecond">How fast it has been lately.</param>
public readonly record struct BeamProgress(BeamStage Stage, long Bytes, long? Total, double BytesPerSecond);
