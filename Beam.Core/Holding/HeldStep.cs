namespace Beam.Holding;

/// <summary>What has been done to keep a file, in this order.</summary>
internal enum HeldStep
{
    /// <summary>The bytes have the name of an accepted file. Without an entry it is none.</summary>
    BytesNamed,

    /// <summary>What the relay notes is written under a name that counts for nothing.</summary>
    Written,

    /// <summary>What the relay notes has reached the disk.</summary>
    Flushed,

    /// <summary>What the relay notes has its name and counts. If that is an entry, its file is an accepted one.</summary>
    Named,

    /// <summary>The names have reached the disk.</summary>
    NamesFlushed,
}
