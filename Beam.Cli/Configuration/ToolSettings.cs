namespace Beam.Cli.Configuration;

/// <summary>What is in the configuration file.</summary>
internal sealed record ToolSettings
{
    /// <summary>Gets where Beam is mounted.</summary>
    public string? Server { get; init; }

    /// <summary>Gets the access key of that server: a secret.</summary>
    public string? Key { get; init; }

    /// <summary>Gets whether the key may travel to that server over plain HTTP.</summary>
    public bool? KeyOverHttp { get; init; }

    /// <summary>Gets how many seconds to wait for the other side.</summary>
    public int? Wait { get; init; }

    /// <summary>Gets whether links are shown as a QR code too.</summary>
    public bool? Qr { get; init; }
}
