namespace Beam.Client;

/// <summary>What shows at a glance that content has changed. The same stamp proves nothing where it has no time of change.</summary>
/// <param name="Length">The length of the stream.</param>
/// <param name="WrittenAt">When it was last written to, if it is a file. Programs can set that back.</param>
/// <param name="ChangedAt">When it last changed in any way, if it is a file and the system tells. Windows does not.</param>
internal readonly record struct SourceStamp(long Length, DateTime? WrittenAt, long? ChangedAt)
{
    /// <summary>Looks at the open file, and not at what now has its name.</summary>
    public static SourceStamp Of(Stream stream) => stream is FileStream { SafeFileHandle: var file }
        ? new SourceStamp(RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file), FileIdentity.Of(file)?.ChangedAt)
        : new SourceStamp(stream.Length, WrittenAt: null, ChangedAt: null);
}
