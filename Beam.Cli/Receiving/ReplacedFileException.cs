namespace Beam.Cli.Receiving;

/// <summary>A file that was received is no longer what it was. Nothing of it was used.</summary>
internal sealed class ReplacedFileException(string path) : IOException($"{path} is not the file that was received.");
