namespace Beam.Holding;

/// <summary>What has been done to keep a file, in this order.</summary>
internal enum HeldStep
{
    /// <summary>The file has the name of an accepted one. Without an entry it is none.</summary>
    BytesNamed,

    /// <summary>The entry is written under a name that counts for nothing.</summary>
    EntryWritten,

    /// <summary>The entry has reached the disk.</summary>
    EntryFlushed,

    /// <summary>The entry has its name, which makes the file an accepted one.</summary>
    EntryNamed,

    /// <summary>The names have reached the disk.</summary>
    NamesFlushed,
}
