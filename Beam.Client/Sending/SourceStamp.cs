namespace Beam.Client;

/// <summary>What shows at a glance that content has changed. The same stamp proves nothing: times can be set back.</summary>
/// <param name="Length">The length of the stream.</param>
/// <param name="WrittenAt">When it was last written to, if it is a file.</param>
internal readonly record struct SourceStamp(long Length, DateTime? WrittenAt)
{
    /// <summary>Looks at the open file, and not at what now has its name.</summary>
    public static SourceStamp Of(Stream stream) => stream is FileStream file
        ? new SourceStamp(RandomAccess.GetLength(file.SafeFileHandle), File.GetLastWriteTimeUtc(file.SafeFileHandle))
        : new SourceStamp(stream.Length, WrittenAt: null);
}
