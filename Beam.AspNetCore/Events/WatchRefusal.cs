namespace Beam.AspNetCore.Events;

/// <summary>Why one more may not watch.</summary>
internal enum WatchRefusal
{
    /// <summary>One more may.</summary>
    None,

    /// <summary>As many watch from the same address as may.</summary>
    AddressFull,

    /// <summary>As many watch as may, all together.</summary>
    Full,
}
