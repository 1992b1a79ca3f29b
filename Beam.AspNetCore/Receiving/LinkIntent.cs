namespace Beam.AspNetCore.Receiving;

/// <summary>What a request for a link wants.</summary>
internal enum LinkIntent
{
    /// <summary>The file, or the next one of a channel.</summary>
    Download,

    /// <summary>Where the transfer stands, as JSON.</summary>
    Status,

    /// <summary>What happens, as it happens.</summary>
    Events,

    /// <summary>The address as a picture.</summary>
    QrCode,

    /// <summary>A page: a person only looks at the link, or a program makes a preview of it.</summary>
    Page,

    /// <summary>What there is in a channel, as JSON.</summary>
    Json,

    /// <summary>Nothing yet: a browser fetches it because somebody may click it.</summary>
    Prefetch,
}
