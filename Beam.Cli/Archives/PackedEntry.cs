namespace Beam.Cli.Archives;

/// <summary>An entry as the archive describes it. Nothing in it can be trusted.</summary>
internal sealed record PackedEntry
{
    /// <summary>What it is.</summary>
    public required ArchiveEntryKind Kind { get; init; }

    /// <summary>The name as it stands there.</summary>
    public required string Name { get; init; }

    /// <summary>How many bytes it claims to have.</summary>
    public long Length { get; init; }

    /// <summary>When it was changed last.</summary>
    public DateTimeOffset ModifiedAt { get; init; }

    /// <summary>The permissions, if the archive has them.</summary>
    public UnixFileMode? Mode { get; init; }

    /// <summary>Where a link points to, or which entry a second name belongs to.</summary>
    public string LinkTarget { get; init; } = "";

    /// <summary>The CRC-32 of the content, if the archive has it.</summary>
    public uint? Checksum { get; init; }

    /// <summary>The content, which is valid until the caller asks for the next entry.</summary>
    public Stream Content { get; init; } = Stream.Null;
}
