namespace Beam.AspNetCore.ProxyProtocol;

/// <summary>Whether the first bytes of a connection are a header of the PROXY protocol.</summary>
internal enum HeaderState
{
    /// <summary>They are the beginning of one.</summary>
    Incomplete,

    /// <summary>They begin with a whole one.</summary>
    Whole,

    /// <summary>They are none, whatever follows.</summary>
    Invalid,
}
