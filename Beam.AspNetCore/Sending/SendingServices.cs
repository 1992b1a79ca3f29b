using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Beam.AspNetCore.Sending;

/// <summary>Registers the services that receive files from senders.</summary>
internal static class SendingServices
{
    public static IServiceCollection AddSending(this IServiceCollection services)
    {
        services.TryAddSingleton<UploadGate>();
        services.TryAddSingleton<UploadReply>();
        services.TryAddSingleton<BeginUpload>();
        services.TryAddSingleton<ContinueUpload>();
        services.TryAddSingleton<FormSender>();
        services.TryAddSingleton<SendHandler>();
        return services;
    }
}
