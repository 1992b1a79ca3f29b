using Beam.AspNetCore;

namespace Beam.Server.Settings;

/// <summary>
/// The section <c>Beam</c>, from appsettings.json, the environment (<c>Beam__...</c>) and the command line (<c>--Beam:...</c>).
/// </summary>
internal sealed class BeamSection
{
    private const string Quotas = "Quotas";
    private const string Off = "Off";

    private readonly IConfigurationSection _section;

    /// <exception cref="SettingsException">A setting is unknown, or the access key is empty.</exception>
    public BeamSection(IConfiguration configuration)
    {
        _section = configuration.GetSection("Beam");
        RefuseUnknownNames();

        Server = _section.Get<ServerSettings>() ?? new ServerSettings();
        if (Server.AccessKey is not null && string.IsNullOrWhiteSpace(Server.AccessKey))
        {
            throw new SettingsException("Beam:AccessKey is set but empty. Give it a value, or do not set it.");
        }

        if (Server.MintsPerMinute < 0)
        {
            throw new SettingsException("Beam:MintsPerMinute must not be negative; 0 means any number.");
        }

        if (Server.WrongKeysPerMinute < 0)
        {
            throw new SettingsException("Beam:WrongKeysPerMinute must not be negative; 0 means any number.");
        }

        Webhook = _section.GetSection(nameof(Webhook)).Get<WebhookSettings>() ?? new WebhookSettings();
        Webhook.Check();
        KnownProxies = new KnownProxies(_section.GetSection(nameof(KnownProxies)));
        AreQuotasOff = ReadQuotasOff();
    }

    public ServerSettings Server { get; }

    public KnownProxies KnownProxies { get; }

    /// <summary>Gets what stands before the server; <see langword="null"/> when the settings do not say.</summary>
    public ProxyKind? BehindProxy => _section.GetValue<ProxyKind?>(nameof(BeamHttpOptions.BehindProxy));

    public WebhookSettings Webhook { get; }

    /// <summary>Gets a value indicating whether the settings want no quotas.</summary>
    public bool AreQuotasOff { get; }

    public void Bind(BeamOptions options) => _section.Bind(options);

    public void Bind(BeamHttpOptions options) => _section.Bind(options);

    public void Bind(BeamQuotaOptions options) => _section.GetSection(Quotas).Bind(options);

    private bool ReadQuotasOff()
    {
        var quotas = _section.GetSection(Quotas);
        var isOff = quotas.GetValue<bool>(Off);
        if (isOff && quotas.GetChildren().FirstOrDefault(setting => !IsOff(setting)) is { } limit)
        {
            throw new SettingsException($"{quotas.Path}:{Off} is true, and {limit.Path} is set. Leave one of them out.");
        }

        return isOff;

        static bool IsOff(IConfigurationSection setting) => setting.Key.Equals(Off, StringComparison.OrdinalIgnoreCase);
    }

    // A limit with a typing error in its name would otherwise be no limit.
    private void RefuseUnknownNames()
    {
        var known = typeof(BeamOptions).GetProperties()
            .Concat(typeof(BeamHttpOptions).GetProperties())
            .Concat(typeof(ServerSettings).GetProperties())
            .Select(property => property.Name)
            .Concat([nameof(KnownProxies), Quotas, nameof(Webhook)])
            .Except([nameof(BeamHttpOptions.OverviewPolicy), nameof(BeamHttpOptions.MintPolicy)]);
        RefuseUnknownNames(_section, known);
        RefuseUnknownNames(
            _section.GetSection(Quotas),
            typeof(BeamQuotaOptions).GetProperties().Select(property => property.Name).Append(Off));
        RefuseUnknownNames(_section.GetSection(nameof(Webhook)), typeof(WebhookSettings).GetProperties().Select(property => property.Name));
    }

    private static void RefuseUnknownNames(IConfigurationSection section, IEnumerable<string> known)
    {
        var names = known.ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (section.GetChildren().FirstOrDefault(setting => !names.Contains(setting.Key)) is { } unknown)
        {
            throw new SettingsException($"{unknown.Path} is no setting. See Beam.Server/README.md for those that there are.");
        }
    }
}
