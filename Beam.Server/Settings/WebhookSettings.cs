namespace Beam.Server.Settings;

/// <summary>Where the server reports transfers, if anywhere.</summary>
internal sealed class WebhookSettings
{
    /// <summary>Gets or sets the address that the server posts events to.</summary>
    public Uri? Url { get; set; }

    /// <summary>Gets or sets the key of the signature.</summary>
    public string? Secret { get; set; }

    /// <summary>Gets or sets how often the server tries one event.</summary>
    public int Attempts { get; set; } = 8;

    /// <exception cref="SettingsException">The settings are not usable.</exception>
    public void Check()
    {
        if (Url is not null && (!Url.IsAbsoluteUri || Url.Scheme is not ("http" or "https")))
        {
            throw new SettingsException("Beam:Webhook:Url must be an absolute http or https address.");
        }

        if (Url is not null && string.IsNullOrWhiteSpace(Secret))
        {
            throw new SettingsException("Beam:Webhook:Url needs Beam:Webhook:Secret, with which events are signed.");
        }

        if (Attempts is < 1 or > 20)
        {
            throw new SettingsException("Beam:Webhook:Attempts must be between 1 and 20.");
        }
    }
}
