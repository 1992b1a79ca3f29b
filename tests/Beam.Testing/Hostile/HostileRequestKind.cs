namespace Beam.Testing;

/// <summary>What a request to a server asks for.</summary>
public enum HostileRequestKind
{
    /// <summary>A token.</summary>
    Mint,

    /// <summary>What the server takes in a request.</summary>
    Limits,

    /// <summary>The status of a transfer.</summary>
    Status,

    /// <summary>The events of a transfer.</summary>
    Events,

    /// <summary>The headers of a file.</summary>
    Head,

    /// <summary>A file, or a part of it.</summary>
    Download,

    /// <summary>To take a file, or a part of it.</summary>
    Upload,

    /// <summary>To hear that the file is there.</summary>
    Confirmation,

    /// <summary>To cancel a transfer, or to revoke a token.</summary>
    Deletion,
}
