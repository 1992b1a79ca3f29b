using Beam.Cli.Archives;
using Beam.Cli.Terminal;

namespace Beam.Cli.Receiving;

/// <summary>Unpacks an archive that lies on the disk.</summary>
internal sealed class Unpacking(ToolConsole console)
{
    private static readonly byte[] ZipStart = [(byte)'P', (byte)'K'];

    /// <summary>Unpacks a tar or zip archive into a folder. On a terminal it asks whether it may overwrite existing files.</summary>
    public async Task<UnpackSummary> RunAsync(string archive, string folder, bool force, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(archive, FileMode.Open, FileAccess.Read, FileShare.Read);
        Directory.CreateDirectory(folder);
        var limits = UnpackLimits.For(file.Length, new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace);
        var entries = await IsZipAsync(file, cancellationToken)
            ? ZipEntries.ReadAsync(file, limits, cancellationToken)
            : TarEntries.ReadAsync(file, cancellationToken);
        return await new Unpacker(limits, NameRules.ForThisSystem).UnpackAsync(
            entries,
            folder,
            existing => force ? ValueTask.FromResult(true) : console.ConfirmAsync(Question(existing), cancellationToken),
            cancellationToken);
    }

    private static async Task<bool> IsZipAsync(FileStream file, CancellationToken cancellationToken)
    {
        var start = new byte[ZipStart.Length];
        var count = await file.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken);
        file.Position = 0;
        return start.AsSpan(0, count).SequenceEqual(ZipStart);
    }

    private static string Question(IReadOnlyList<string> existing)
        => TerminalText.Clean(existing.Count == 1
            ? $"{existing[0]} already exists. Overwrite it?"
            : $"{existing[0]} and {existing.Count - 1} more already exist. Overwrite them?");
}
