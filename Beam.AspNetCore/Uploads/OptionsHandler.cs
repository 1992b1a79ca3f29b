using Beam.AspNetCore.Fields;
using Beam.AspNetCore.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Uploads;

/// <summary><c>OPTIONS {base}/{token}/{name}</c>: says that clients can resume uploads here, and within which limits.</summary>
internal sealed class OptionsHandler(IOptions<BeamOptions> options) : IBeamHttpHandler
{
    public const string Methods = "GET, HEAD, PUT, POST, PATCH, DELETE, OPTIONS";

    public Task HandleAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = StatusCodes.Status204NoContent;
        response.Headers.Allow = Methods;
        if (options.Value.ResumeTimeout > TimeSpan.Zero)
        {
            response.Headers[UploadFields.AcceptPatch] = UploadDraft.MediaType;
            UploadFields.WriteLimits(context);
        }

        return Task.CompletedTask;
    }
}
