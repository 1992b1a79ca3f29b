namespace Beam.AspNetCore.Events;

/// <summary>Why a client may not watch.</summary>
internal enum WatchRefusal
{
    /// <summary>The client may watch.</summary>
    None,

    /// <summary>There are as many watchers from this address as there may be.</summary>
    AddressFull,

    /// <summary>There are as many watchers in all as there may be.</summary>
    Full,
}
