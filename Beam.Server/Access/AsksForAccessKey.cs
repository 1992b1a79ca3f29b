namespace Beam.Server.Access;

/// <summary>Marks endpoints whose answers tell whether a key is the right one.</summary>
internal sealed class AsksForAccessKey;
